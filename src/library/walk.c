/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files below a folder: see walk.h. */
#include "config.h"

#include "library/walk.h"
#include "base/xalloc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Two runs of digits by their value. Both pointers go behind them. */
static int compare_digits(const char **a, const char **b)
{
    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    size_t of_a = strspn(*a, "0123456789"), of_b = strspn(*b, "0123456789");
    int order = of_a != of_b ? (of_a < of_b ? -1 : 1) : strncmp(*a, *b, of_a);
    *a += of_a;
    *b += of_b;
    return order;
}

int walk_compare(const char *a, const char *b)
{
    const char *of_a = a, *of_b = b;
    while (*a && *b) {
        bool digits = isdigit((unsigned char)*a) && isdigit((unsigned char)*b);
        int order = digits ? compare_digits(&a, &b) : tolower((unsigned char)*a) - tolower((unsigned char)*b);
        if (order)
            return order;
        if (!digits) {
            a++;
            b++;
        }
    }
    if (*a || *b)
        return *a ? 1 : -1;
    return strcmp(of_a, of_b);
}

static int compare_names(const void *a, const void *b)
{
    return walk_compare(*(char *const *)a, *(char *const *)b);
}

static void add(struct walk *walk, char *path)
{
    if (walk->count == walk->room) {
        walk->room = walk->room ? walk->room * 2 : 64;
        walk->path = xrealloc_array(walk->path, walk->room, sizeof *walk->path);
    }
    walk->path[walk->count++] = path;
}

/* The names in a folder, sorted. Return: 0, or -1 with errno. */
static int list_names(const char *folder, struct walk *names)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return -1;
    struct dirent *entry;
    while (errno = 0, (entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            add(names, xstrdup(entry->d_name));
    int saved = errno;
    closedir(dir);
    errno = saved;
    if (names->count)
        qsort(names->path, names->count, sizeof *names->path, compare_names);
    return saved ? -1 : 0;
}

static int walk_into(struct walk *walk, const char *folder, int depth, struct err *err);

static int take_name(struct walk *walk, const char *folder, const char *name, int depth, struct err *err)
{
    char *path = xasprintf("%s/%s", folder, name);
    struct stat st, target;
    int result = 0;
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        result = walk_into(walk, path, depth + 1, err);
    } else if (stat(path, &target) == 0 && S_ISREG(target.st_mode)) {
        if (walk->count == WALK_FILES_MAX)
            result = err_set(err, ERR_RANGE, "%s: more than %d files", folder, WALK_FILES_MAX);
        else {
            add(walk, path);
            return 0;
        }
    }
    free(path);
    return result;
}

static int walk_into(struct walk *walk, const char *folder, int depth, struct err *err)
{
    struct walk names = {0};
    int result = 0;
    if (depth > WALK_DEPTH_MAX)
        result = err_set(err, ERR_RANGE, "%s: more than %d folders deep", folder, WALK_DEPTH_MAX);
    else if (list_names(folder, &names) < 0)
        result = err_set(err, errno == ENOENT ? ERR_UNKNOWN : ERR_IO, "%s: cannot be read: %s", folder, strerror(errno));
    for (size_t i = 0; i < names.count && !result; i++)
        result = take_name(walk, folder, names.path[i], depth, err);
    walk_clear(&names);
    return result;
}

int walk_folder(struct walk *walk, const char *folder, struct err *err)
{
    return walk_into(walk, folder, 0, err);
}

void walk_clear(struct walk *walk)
{
    for (size_t i = 0; i < walk->count; i++)
        free(walk->path[i]);
    free(walk->path);
    *walk = (struct walk){0};
}
