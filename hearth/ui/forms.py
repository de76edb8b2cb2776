"""Every `{{ form }}` looks the same: label, help, error and input through one template."""

from django.forms.renderers import TemplatesSetting


class HearthFormRenderer(TemplatesSetting):
    """Set as FORM_RENDERER; needs `django.forms` among the installed apps."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
