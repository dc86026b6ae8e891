/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The technical log: see technical.h. */
#include "config.h"

#include "logbook/technical.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "platform/fd.h"
#include "platform/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FOLDER_BYTES = 1200, PATH_BYTES = FOLDER_BYTES + 40 };

struct technical {
    char folder[FOLDER_BYTES];
    int fd;                     /* -1: it could not be opened again */
    uint64_t bytes;
};

static void fmt_path(const struct technical *log, char path[PATH_BYTES], int age)
{
    if (age)
        snprintf(path, PATH_BYTES, "%s/technical.%d.jsonl", log->folder, age);
    else
        snprintf(path, PATH_BYTES, "%s/technical.jsonl", log->folder);
}

/* What a kill cut short of a line is taken off. */
static void end_line(struct technical *log)
{
    char byte;
    uint64_t bytes = log->bytes;
    while (bytes && pread(log->fd, &byte, 1, (off_t)bytes - 1) == 1 && byte != '\n')
        bytes--;
    if (bytes != log->bytes && ftruncate(log->fd, (off_t)bytes) == 0)
        log->bytes = bytes;
}

static int open_file(struct technical *log, struct err *err)
{
    char path[PATH_BYTES];
    struct stat st;
    if (paths_make(log->folder, err) < 0)
        return -1;
    fmt_path(log, path, 0);
    log->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (log->fd < 0 || fstat(log->fd, &st) < 0)
        return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    log->bytes = (uint64_t)st.st_size;
    end_line(log);
    return 0;
}

struct technical *technical_open(const char *folder, struct err *err)
{
    struct technical *log = xcalloc(1, sizeof *log);
    snprintf(log->folder, sizeof log->folder, "%.1100s/log", folder);
    if (open_file(log, err) == 0)
        return log;
    technical_close(log);
    return NULL;
}

static int rotate(struct technical *log, struct err *err)
{
    char from[PATH_BYTES], to[PATH_BYTES];
    for (int age = TECHNICAL_KEPT; age > 0; age--) {
        fmt_path(log, to, age);
        fmt_path(log, from, age - 1);
        rename(from, to);
    }
    close(log->fd);
    return open_file(log, err);
}

static void fmt_time(struct strbuf *out, int64_t wall_ns)
{
    char when[32];
    time_t seconds = (time_t)(wall_ns / 1000000000);
    struct tm utc;
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &utc));
    strbuf_addf(out, "\"%s.%03dZ\"", when, (int)(wall_ns / 1000000 % 1000));
}

static int write_line(struct technical *log, const struct strbuf *line, struct err *err)
{
    if (fd_write_all(log->fd, line->s, line->len) == 0) {
        log->bytes += line->len;
        return 0;
    }
    err_set(err, ERR_IO, "%s/technical.jsonl: %s", log->folder, strerror(errno));
    int ignored = ftruncate(log->fd, (off_t)log->bytes);
    (void)ignored;              /* what stays of the line is taken off when it is opened next */
    return -1;
}

int technical_write(struct technical *log, int64_t wall_ns, uint64_t number, uint64_t frame, const char *kind, const char *text,
                    struct err *err)
{
    if (fd_is_removed(log->fd)) {
        close(log->fd);
        log->fd = -1;
    }
    if (log->fd < 0 && open_file(log, err) < 0)
        return -1;
    if (log->bytes > TECHNICAL_BYTES_MAX && rotate(log, err) < 0)
        return -1;
    struct strbuf line = {0};
    strbuf_adds(&line, "{\"time\":");
    fmt_time(&line, wall_ns);
    if (number)
        strbuf_addf(&line, ",\"number\":%" PRIu64 ",\"frame\":%" PRIu64, number, frame);
    strbuf_addf(&line, ",\"kind\":\"%s\",\"text\":", kind);
    text_fmt_json(&line, text);
    strbuf_adds(&line, "}\n");
    int result = write_line(log, &line, err);
    strbuf_clear(&line);
    return result;
}

void technical_close(struct technical *log)
{
    if (!log)
        return;
    if (log->fd >= 0)
        close(log->fd);
    free(log);
}
