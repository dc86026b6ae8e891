/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Session files on disk: see session.h. */
#include "config.h"

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "session/prescan.h"
#include "session/session.h"
#include "session/textfile.h"

#include <stdlib.h>

struct show *session_load(const char *path, struct session_info *info, struct err *err)
{
    struct strbuf text = {0};
    if (textfile_read(path, "show", SESSION_BYTES_MAX, &text, err) < 0)
        return NULL;
    struct show *show = session_parse(text.s ? text.s : "", text.len, path, info, err);
    strbuf_clear(&text);
    return show;
}

/* What a person wrote into the old file and we would lose. A file that is not there, or that cannot be one of ours, has none. */
static int keep_comments(const char *path, struct err *err)
{
    struct strbuf old = {0};
    bool commented = false;
    if (textfile_read(path, "show", SESSION_BYTES_MAX, &old, NULL) == 0 && old.s)
        prescan_text(old.s, old.len, path, &commented, NULL);
    int result = 0;
    if (commented) {
        char *kept = xasprintf("%s.orig", path);
        result = textfile_keep(kept, old.s, old.len, err);
        free(kept);
    }
    strbuf_clear(&old);
    return result;
}

int session_save(const char *path, const struct show *show, struct err *err)
{
    struct strbuf text = {0};
    session_write(show, &text);
    int result;
    if (text.len > SESSION_BYTES_MAX)
        result = err_set(err, ERR_REFUSED, "%s: not saved: the show is %zu bytes; a session has at most %d", path, text.len,
                         SESSION_BYTES_MAX);
    else
        result = keep_comments(path, err) < 0 ? -1 : textfile_replace(path, text.s, text.len, err);
    strbuf_clear(&text);
    return result;
}
