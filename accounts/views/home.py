"""Where a person stands after the sign-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from heating.kit.menu import menu_for
from heating.kit.pages import Page


class Start(Page):
    """Leads to the first page that the person may open; somebody without a role reads why there is none."""

    title, template = "首页", "accounts/start.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        for module in menu_for(request.user, request.path):
            for group in module["groups"]:
                for link in group["links"]:
                    return redirect(link["url"])
        return self.show()
