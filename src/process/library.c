/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work on a show's media: see library.h. Here: where things are, and what all kinds of work share. */
#include "config.h"

#include "process/library.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "platform/paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int library_init(struct library *library, struct show *show, const char *session, struct err *err)
{
    *library = (struct library){.show = show};
    prober_init(&library->prober);
    text_copy(library->session, sizeof library->session, session);
    if (*session ? paths_folder(session, library->folder, sizeof library->folder, err) < 0
                 : !getcwd(library->folder, sizeof library->folder))
        return *session ? -1 : err_set(err, ERR_IO, "the working folder: %s", strerror(errno));
    const char *media = show_head(show)->media;
    if (!media || !*media)
        media = "media";
    char *path = *media == '/' ? xstrdup(media) : xasprintf("%s/%s", library->folder, media);
    if (!realpath(path, library->media))
        text_copy(library->media, sizeof library->media, path);
    free(path);
    return 0;
}

void library_clear(struct library *library)
{
    prober_clear(&library->prober);
    show_free(library->show);
    strbuf_clear(&library->patch);
    strbuf_clear(&library->answer);
    strbuf_clear(&library->offers);
}

char *library_path(const struct library_request *request, const char *word)
{
    return *word == '/' || !*request->base ? xstrdup(word) : xasprintf("%s/%s", request->base, word);
}

char *library_in_media(const struct library *library, const char *path)
{
    char folder[PATH_MAX], real[PATH_MAX];
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    if (paths_folder(path, folder, sizeof folder, NULL) < 0 || !realpath(folder, real))
        return NULL;
    size_t length = strlen(library->media);
    if (strncmp(real, library->media, length) || (real[length] && real[length] != '/'))
        return NULL;
    return real[length] ? xasprintf("%s/%s", real + length + 1, name) : xstrdup(name);
}

void library_fmt_count(struct strbuf *out, size_t count, const char *noun)
{
    strbuf_addf(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

int library_run(struct library *library, const struct library_request *request, struct err *err)
{
    static int (*const kinds[])(struct library *, const struct library_request *, struct err *) = {
        [COMMAND_JOB_IMPORT] = library_import, [COMMAND_JOB_CONSOLIDATE] = library_consolidate, [COMMAND_JOB_PACK] = library_pack,
        [COMMAND_JOB_UNPACK] = library_unpack, [COMMAND_JOB_PEAKS] = library_peaks,
        [COMMAND_JOB_RELINK] = library_relink,
    };
    return kinds[request->kind](library, request, err);
}
