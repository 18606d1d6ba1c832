"""显示列: a person's choice of the columns of a list."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.services.preferences import remember
from heating.kit.pages import Page, StaffRequest

NAME = forms.RegexField(r"^[a-z][a-z_:-]{0,59}$")
MOST = 60  # columns of one list


class ListColumns(Page):
    """Keep the ticked columns of one list and lead back to it; 恢复默认 forgets them."""

    http_method_names = ["post"]

    def post(self, request: StaffRequest) -> HttpResponse:
        try:
            name = NAME.clean(request.POST.get("list", ""))
            columns = [NAME.clean(column) for column in request.POST.getlist("column")[:MOST]]
        except forms.ValidationError as error:
            raise Http404 from error
        remember(f"columns:{name}", None if "reset" in request.POST else columns, actor=request.user)
        back = request.POST.get("back", "")
        safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return redirect(back if safe else "/a/")


class Alive(Page):
    """继续使用: asked for by the warning before the session ends; the request itself keeps the session."""

    def get(self, request: StaffRequest) -> HttpResponse:
        return HttpResponse(status=204)
