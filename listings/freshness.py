"""The names under which kept answers show homes (see `ihome_project.cache`), and how they are forgotten."""

from ihome_project.cache import forget_on_commit

SLIDESHOW = "slideshow"  # the most booked homes: any change of any home may be one of theirs


def of_house(house_id: int) -> str:
    """Return the name under which answers show a home with its photos and reviews."""
    return f"house:{house_id}"


def forget_house(house_id: int) -> None:
    """Have answers that show a home read anew once the present transaction is through.

    Belongs to every change of a home's row, of its photos, of its facilities and of its reviews.
    """
    forget_on_commit(of_house(house_id), SLIDESHOW)
