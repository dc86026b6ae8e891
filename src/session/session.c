/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Session files on disk: see session.h. */
#include "config.h"

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "base/xxh64.h"
#include "platform/paths.h"
#include "session/backups.h"
#include "session/prescan.h"
#include "session/session.h"
#include "session/textfile.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct show *session_load(const char *path, struct session_info *info, struct err *err)
{
    struct strbuf text = {0};
    if (textfile_read(path, "show", SESSION_BYTES_MAX, &text, err) < 0)
        return NULL;
    struct show *show = session_parse(text.s ? text.s : "", text.len, path, info, err);
    if (info)
        info->hash = xxh64_of(text.s ? text.s : "", text.len, 0);
    strbuf_clear(&text);
    return show;
}

/* What a person wrote into the old file and we would lose. */
static int keep_comments(const char *path, const struct strbuf *old, struct err *err)
{
    bool commented = false;
    prescan_text(old->s, old->len, path, &commented, NULL);
    if (!commented)
        return 0;
    char *kept = xasprintf("%s.orig", path);
    int result = textfile_keep(kept, old->s, old->len, err);
    free(kept);
    return result;
}

/* A file of an earlier format is a backup before it is gone, one of a later stays. */
static int keep_format(const char *path, const struct strbuf *old, struct err *err)
{
    static const char header[] = "format = \"" SESSION_FORMAT "\";";
    char absolute[PATH_MAX];
    struct session_info info;
    if (!strncmp(old->s, header, sizeof header - 1))
        return 0;
    struct show *show = session_parse(old->s, old->len, path, &info, NULL);
    bool kept = !show || info.age != SESSION_OLDER || (paths_absolute(path, absolute, sizeof absolute, err) == 0 &&
                                                       backups_add(absolute, BACKUP_OLDER, old, show, err) == 0);
    show_free(show);
    if (info.age == SESSION_NEWER)
        return err_set(err, ERR_REFUSED, "%s: not saved: what is there was written by a newer clipgrid (ORP%04d%c); save FILE "
                       "keeps both", path, info.version_year, info.version_letter);
    return kept ? 0 : err_prefix(err, "%s: not saved: no backup of the earlier format can be made", path);
}

/* A file that is not there, or that cannot be one of ours, has nothing to keep. */
static int keep_old(const char *path, struct err *err)
{
    struct strbuf old = {0};
    struct err why;
    int result = textfile_read(path, "show", SESSION_BYTES_MAX, &old, &why);
    if (result < 0)
        result = why.code == ERR_IO ? err_set(err, ERR_IO, "not saved: what is there has to be kept: %s", why.text) : 0;
    else if (old.s)
        result = keep_format(path, &old, err) < 0 ? -1 : keep_comments(path, &old, err);
    strbuf_clear(&old);
    return result;
}

int session_save_text(const char *path, const struct strbuf *text, struct err *err)
{
    if (text->len > SESSION_BYTES_MAX)
        return err_set(err, ERR_REFUSED, "%s: not saved: the show is %zu bytes; a session has at most %d", path, text->len,
                       SESSION_BYTES_MAX);
    return keep_old(path, err) < 0 ? -1 : textfile_replace(path, text->s, text->len, err);
}

int session_save(const char *path, const struct show *show, struct err *err)
{
    struct strbuf text = {0};
    session_write(show, &text);
    int result = session_save_text(path, &text, err);
    strbuf_clear(&text);
    return result;
}
