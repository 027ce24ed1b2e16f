"""What the pages of clients, projects and tags are made of. They are one view each, and differ in this."""

from dataclasses import dataclass

from sessions_app.forms.catalogue import ClientForm, EntryForm, ProjectForm, TagForm
from sessions_app.models import Kind


@dataclass(frozen=True, slots=True)
class CataloguePages:
    """What the pages of a kind are made of: the form of an entry, templates and URL names."""

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
