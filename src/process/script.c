/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Render scripts: see script.h. */
#include "config.h"

#include "process/script.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRIPT_BYTES_MAX = 64 * 1024 * 1024 };
static const double LONGEST_S = 1e7;        /* over a hundred days */

static int read_file(const char *path, struct strbuf *text, struct err *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > SCRIPT_BYTES_MAX) {
        close(fd);
        return err_set(err, ERR_IO, "%s: not a script: a regular file of at most 64 MB is wanted", path);
    }
    char bytes[65536];
    ssize_t got;
    while ((got = read(fd, bytes, sizeof bytes)) > 0)
        strbuf_add(text, bytes, (size_t)got);
    close(fd);
    if (got < 0)
        return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    strbuf_addc(text, '\n');
    return 0;
}

/* "1.5" or "72000f" -> output frame. */
static bool parse_time(char *word, uint32_t rate, uint64_t *frame)
{
    size_t length = strlen(word);
    int64_t frames;
    double seconds;
    if (length > 1 && word[length - 1] == 'f') {
        word[length - 1] = '\0';
        bool fine = text_parse_i64(word, &frames) && frames >= 0 && (double)frames <= LONGEST_S * rate;
        word[length - 1] = 'f';
        *frame = fine ? (uint64_t)frames : 0;
        return fine;
    }
    if (!text_parse_double(word, &seconds) || seconds < 0 || seconds > LONGEST_S)
        return false;
    *frame = (uint64_t)floor(seconds * rate + 0.5);
    return true;
}

static int parse_line(struct script *script, char *line, int number, const char *path, uint32_t rate, struct err *err)
{
    line += strspn(line, " \t");
    char *end = line + strlen(line);
    while (end > line && strchr(" \t\r", end[-1]))
        *--end = '\0';
    if (!*line || *line == '#')
        return 0;
    char *command = line + strcspn(line, " \t");
    if (*command)
        *command++ = '\0';
    command += strspn(command, " \t");
    struct script_line *to = &script->line[script->lines];
    *to = (struct script_line){.time = line, .command = command, .number = number};
    if (!parse_time(line, rate, &to->frame))
        return err_set(err, ERR_USAGE, "%s:%d: %.60s is no TIME: seconds (1.5) or output frames (72000f) stand first", path,
                       number, line);
    if (!*command)
        return err_set(err, ERR_USAGE, "%s:%d: no COMMAND behind the TIME", path, number);
    if (script->lines && to->frame < script->line[script->lines - 1].frame)
        return err_set(err, ERR_USAGE, "%s:%d: the time goes back: %s after %s", path, number, line,
                       script->line[script->lines - 1].time);
    struct err why;
    if (command_check_line(command, &why) < 0)
        return err_set(err, ERR_USAGE, "%s:%d: %s", path, number, why.text);
    script->lines++;
    return 0;
}

int script_read(struct script *script, const char *path, uint32_t rate, struct err *err)
{
    struct strbuf text = {0};
    *script = (struct script){0};
    if (read_file(path, &text, err) < 0) {
        strbuf_clear(&text);
        return -1;
    }
    size_t bytes = text.len;
    script->text = strbuf_take(&text);
    int most = 0, number = 0, result = 0;
    for (size_t i = 0; i < bytes; i++)
        most += script->text[i] == '\n';
    script->line = xcalloc((size_t)most, sizeof *script->line);
    for (char *line = script->text, *end; line < script->text + bytes && result == 0; line = end + 1) {
        end = memchr(line, '\n', (size_t)(script->text + bytes - line));
        *end = '\0';
        number++;
        if (strlen(line) != (size_t)(end - line) || !utf8_valid(line, (size_t)(end - line)))
            result = err_set(err, ERR_USAGE, "%s:%d: not UTF-8 text", path, number);
        else
            result = parse_line(script, line, number, path, rate, err);
    }
    if (result < 0)
        script_clear(script);
    return result;
}

void script_clear(struct script *script)
{
    free(script->line);
    free(script->text);
    *script = (struct script){0};
}
