"""The configuration in which the pages of clients, projects and tags differ; their views are the same."""

from dataclasses import dataclass

from sessions_app.forms.catalogue import ClientForm, EntryForm, ProjectForm, TagForm
from sessions_app.models import Kind


@dataclass(frozen=True, slots=True)
class CataloguePages:
    """The pages of a kind of entry: its form, templates and URL names."""

    form: type[EntryForm]
    list_template: str
    list_url: str
    detail_template: str
    detail_url: str
    rename_url: str
    archive_url: str
    delete_url: str


PAGES: dict[str, CataloguePages] = {
    Kind.PROJECT: CataloguePages(
        ProjectForm,
        "catalogue/project_list.html",
        "project_list",
        "catalogue/project_detail.html",
        "project_detail",
        "project_rename",
        "project_archive",
        "project_delete",
    ),
    Kind.CLIENT: CataloguePages(
        ClientForm,
        "catalogue/client_list.html",
        "client_list",
        "catalogue/client_detail.html",
        "client_detail",
        "client_rename",
        "client_archive",
        "client_delete",
    ),
    Kind.TAG: CataloguePages(
        TagForm,
        "catalogue/tag_list.html",
        "tag_list",
        "catalogue/tag_detail.html",
        "tag_detail",
        "tag_rename",
        "tag_archive",
        "tag_delete",
    ),
}
