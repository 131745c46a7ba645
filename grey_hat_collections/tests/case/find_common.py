"""What the stories are told with in which somebody calls."""

from ..common import CollectionCommon


class FindCommon(CollectionCommon):
    """The collector types what a caller says."""

    def _found(self, text, user=None):
        """Whom ``text`` finds, in order, and by what."""
        self.env.flush_all()
        self.env.invalidate_all()
        user = user or self.collector
        found = self.Case.with_user(user).with_context(lang=user.lang).find(text)
        return {one["name"]: one["found_by"] for one in found}

    def assertFound(self, text, **expected):
        """``text`` finds these customers and nobody else, each by this."""
        self.assertEqual(self._found(text), expected, repr(text))
