"""The pages of the course, as a reader without a browser and without the checkout has them."""

from fnnet.course.examples import code
from fnnet.course.hints import command, hint
from fnnet.course.plain import readable
from fnnet.course.syllabus import Page, page, pages

__all__ = ["Page", "code", "command", "hint", "page", "pages", "readable"]
