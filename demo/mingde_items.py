"""What 明德中学 deliberated in a little more than a year."""

from demo.story import Item

ITEMS: tuple[Item, ...] = ()
