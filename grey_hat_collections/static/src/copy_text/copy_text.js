import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

/** Put a text into the clipboard, and say so; where the browser allows no such thing, show it to be copied by hand. */
async function copyText(env, action) {
    const { text, message } = action.params;
    try {
        await browser.navigator.clipboard.writeText(text);
        env.services.notification.add(message, { type: "success" });
    } catch {
        env.services.notification.add(text, { type: "info", sticky: true });
    }
}

registry.category("actions").add("collection_copy_text", copyText);
