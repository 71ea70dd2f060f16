"""Pages of signing in."""

from django.contrib.auth import views

from accounts.forms import LoginForm


class LoginView(views.LoginView):
    """Signs in, and leads back to the page that asked for it; who is signed in already goes on at once."""

    form_class = LoginForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:
        """Return the page to go on to, unless it is this one."""
        url = super().get_redirect_url()
        return "" if url.split("?")[0] == self.request.path else url
