/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where things stand: see paths.h. Any thread but the audio thread; nothing is kept between calls. */
#include "config.h"

#include "platform/paths.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

__attribute__((format(printf, 4, 5)))
static int put(char *buffer, size_t size, struct err *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(buffer, size, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= size)
        return err_set(err, ERR_RANGE, "%.60s...: a path longer than %zu bytes", buffer, size - 1);
    return 0;
}

/* Makes the folder of our own in /tmp, or checks that the one there is ours alone: whoever else could write into it
 * could answer in the show's name. */
static int own_folder(const char *folder, struct err *err)
{
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return err_set(err, ERR_IO, "%s: cannot be made: %s", folder, strerror(errno));
    struct stat st;
    if (lstat(folder, &st) < 0)
        return err_set(err, ERR_IO, "%s: %s", folder, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return err_set(err, ERR_IO, "%s: is not a folder; it must be one, or choose another place with --socket", folder);
    if (st.st_uid != geteuid())
        return err_set(err, ERR_IO, "%s: belongs to someone else (user %u); choose another place with --socket", folder,
                       (unsigned)st.st_uid);
    if (st.st_mode & 077)
        return err_set(err, ERR_IO, "%s: others may enter it (mode %04o); it must be 0700", folder, (unsigned)st.st_mode & 07777);
    return 0;
}

int paths_socket(const char *given, char *buffer, size_t size, struct err *err)
{
    if (!given || !*given)
        given = getenv("CLIPGRID_SOCKET");
    if (given && *given)
        return paths_absolute(given, buffer, size, err);
    if (put(buffer, size, err, "/tmp/clipgrid-%u", (unsigned)geteuid()) < 0 || own_folder(buffer, err) < 0)
        return -1;
    return put(buffer, size, err, "/tmp/clipgrid-%u/default", (unsigned)geteuid());
}

/* A base folder as the XDG specification has it: a relative one counts as none. */
static int xdg_folder(const char *variable, const char *below_home, char *buffer, size_t size, struct err *err)
{
    const char *set = getenv(variable);
    if (set && set[0] == '/')
        return put(buffer, size, err, "%s/clipgrid", set);
    const char *home = getenv("HOME");
    if (!home || home[0] != '/') {
        const struct passwd *user = getpwuid(geteuid());
        home = user ? user->pw_dir : NULL;
    }
    if (!home || home[0] != '/')
        return err_set(err, ERR_IO, "there is no home folder: set HOME or %s", variable);
    return put(buffer, size, err, "%s/%s/clipgrid", home, below_home);
}

int paths_config(char *buffer, size_t size, struct err *err)
{
    char folder[PATH_MAX];
    if (xdg_folder("XDG_CONFIG_HOME", ".config", folder, sizeof folder, err) < 0)
        return -1;
    return put(buffer, size, err, "%s/clipgrid.conf", folder);
}

static int make_folders(char *path, struct err *err)
{
    for (char *slash = path + 1;; *slash++ = '/') {
        slash = strchr(slash, '/');
        if (slash)
            *slash = '\0';
        if (mkdir(path, 0700) < 0 && errno != EEXIST && errno != EROFS)
            return err_set(err, ERR_IO, "%s: cannot be made: %s", path, strerror(errno));
        if (!slash)
            break;
    }
    struct stat st;
    if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
        return err_set(err, ERR_IO, "%s: is not a folder", path);
    return 0;
}

int paths_make(const char *folder, struct err *err)
{
    char path[PATH_MAX];
    return put(path, sizeof path, err, "%s", folder) < 0 ? -1 : make_folders(path, err);
}

int paths_state(char *buffer, size_t size, struct err *err)
{
    if (xdg_folder("XDG_STATE_HOME", ".local/state", buffer, size, err) < 0)
        return -1;
    return make_folders(buffer, err);
}

int paths_cache(char *buffer, size_t size, struct err *err)
{
    if (xdg_folder("XDG_CACHE_HOME", ".cache", buffer, size, err) < 0)
        return -1;
    return make_folders(buffer, err);
}

int paths_folder(const char *path, char *buffer, size_t size, struct err *err)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return put(buffer, size, err, ".");
    int length = slash == path ? 1 : (int)(slash - path);
    return put(buffer, size, err, "%.*s", length, path);
}

int paths_absolute(const char *path, char *buffer, size_t size, struct err *err)
{
    if (!*path)
        return err_set(err, ERR_USAGE, "an empty path");
    char real[PATH_MAX], folder[PATH_MAX];
    if (realpath(path, real))
        return put(buffer, size, err, "%s", real);
    const char *slash = strrchr(path, '/');
    const char *last = slash ? slash + 1 : path;
    if (errno != ENOENT || !*last || !strcmp(last, ".") || !strcmp(last, ".."))
        return err_set(err, errno == ENOENT ? ERR_UNKNOWN : ERR_IO, "%s: %s", path, strerror(errno));
    if (paths_folder(path, folder, sizeof folder, err) < 0)
        return -1;
    if (!realpath(folder, real))
        return err_set(err, errno == ENOENT ? ERR_UNKNOWN : ERR_IO, "%s: %s", folder, strerror(errno));
    return put(buffer, size, err, "%s/%s", strcmp(real, "/") ? real : "", last);
}
