/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * consolidate: a show and all its media in one folder (SPEC D7). The media come first, each a
 * verified copy (library/copy.h); the session is written last and at once, so the new show is there
 * whole or not at all, and a second run after an interruption takes what is there already. Nothing
 * of the old show is touched.
 */
#include "config.h"

#include "process/gather.h"
#include "base/xalloc.h"
#include "library/copy.h"
#include "session/session.h"
#include "session/textfile.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct consolidation {
    struct library *library;
    struct gather gather;
    char *folder, *media, *session; /* the new ones */
    struct err *err;
};

static int check_place(struct consolidation *to)
{
    char real[PATH_MAX];
    if (realpath(to->media, real) && !strcmp(real, to->library->media))
        return err_set(to->err, ERR_REFUSED, "%s: is the folder that the show has its media in", to->folder);
    if (access(to->session, F_OK) == 0 && access(to->media, F_OK) < 0)
        return err_set(to->err, ERR_REFUSED, "%s: is there already", to->session);
    return 0;
}

/* Bytes of those that have no file of their name and size in the new folder. */
static uint64_t bytes_to_copy(const struct consolidation *to)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < to->gather.count; i++) {
        struct stat st;
        char *path = xasprintf("%s/%s", to->media, to->gather.file[i].file);
        bool there = stat(path, &st) == 0 && (uint64_t)st.st_size == to->gather.file[i].bytes;
        bytes += there ? 0 : to->gather.file[i].bytes;
        free(path);
    }
    return bytes;
}

static int copy_media(struct consolidation *to)
{
    struct library *library = to->library;
    if (copy_check_room(to->folder, bytes_to_copy(to), to->err) < 0 || copy_make_folder(to->media, to->err) < 0)
        return -1;
    progress_begin(&library->progress, "copying", to->gather.bytes);
    for (size_t i = 0; i < to->gather.count; i++) {
        struct gather_file *file = &to->gather.file[i];
        if (file->missing)
            continue;
        char *path = gather_path(library, file->file);
        int result = copy_file(path, to->media, file->file, &file->copied, &library->progress, to->err);
        free(path);
        if (result < 0)
            return -1;
    }
    return 0;
}

/* The file is ours if it says what we would write. */
static int write_session(struct consolidation *to)
{
    struct strbuf text = {0}, there = {0};
    session_write(to->library->show, &text);
    int result = textfile_keep(to->session, text.s, text.len, to->err);
    if (!result)
        result = textfile_read(to->session, "show", SESSION_BYTES_MAX, &there, to->err);
    if (!result && (there.len != text.len || memcmp(there.s, text.s, text.len)))
        result = err_set(to->err, ERR_REFUSED, "%s: is there already and is another show; it has not been touched", to->session);
    strbuf_clear(&text);
    strbuf_clear(&there);
    return result;
}

static int consolidate(struct consolidation *to)
{
    if (check_place(to) < 0 || copy_media(to) < 0 || gather_settle(&to->gather, to->library, to->err) < 0 ||
        write_session(to) < 0)
        return -1;
    struct strbuf *answer = &to->library->answer;
    strbuf_addf(answer, "%s: ", to->session);
    library_fmt_count(answer, to->gather.count - to->gather.missing, "media file");
    gather_fmt_missing(&to->gather, answer);
    return 0;
}

int library_consolidate(struct library *library, const struct library_request *request, struct err *err)
{
    struct consolidation to = {.library = library, .err = err};
    const char *slash = strrchr(library->session, '/');
    to.folder = library_path(request, request->word[0]);
    to.media = xasprintf("%s/media", to.folder);
    to.session = xasprintf("%s/%s", to.folder, slash ? slash + 1 : "show.orp");
    gather_init(&to.gather, library);
    int result = consolidate(&to);
    gather_clear(&to.gather);
    free(to.folder);
    free(to.media);
    free(to.session);
    return result;
}
