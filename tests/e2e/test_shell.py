"""The commands of the README, as a person types them."""

import subprocess

from scripts.paths import ROOT


def test_make_shell_runs_a_script_from_standard_input(workbench):
    database = workbench.database()
    script = 'print("stages:", ", ".join(env["collection.stage"].search([]).mapped("name")))'
    done = subprocess.run(
        ["make", "--silent", "shell", f"DB={database}"],
        input=script,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "stages: Reminder, Call, Final notice, Last call, With agency, Settled" in done.stdout


def test_make_shell_fails_when_the_script_does(workbench):
    database = workbench.database()
    done = subprocess.run(
        ["make", "--silent", "shell", f"DB={database}"],
        input='raise ValueError("no such luck")',
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode != 0
    assert "no such luck" in done.stderr
