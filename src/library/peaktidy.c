/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The oldest peaks go first: see peaktidy.h. */
#include "config.h"

#include "library/peaktidy.h"

#include "base/xalloc.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DAY_S = 86400 };

struct kept {
    char *name;                 /* owned */
    int64_t used_s;
    uint64_t bytes;
};

struct shelf {
    struct kept *kept;
    size_t count, room, gone;
    uint64_t bytes;
};

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), of_end = strlen(end);
    return length > of_end && !strcmp(name + length - of_end, end);
}

/* Its writer, if it lives, holds the lock. */
static bool is_abandoned(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool free_of_writer = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (fd >= 0)
        close(fd);
    return free_of_writer;
}

static void drop(struct shelf *shelf, int folder, const char *name)
{
    shelf->gone += unlinkat(folder, name, 0) == 0;
}

static void take_name(struct shelf *shelf, int folder, const char *name, int64_t now_s)
{
    struct stat st;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
        return;
    int64_t unused_s = now_s - (int64_t)st.st_mtim.tv_sec;
    if (ends_with(name, ".peaks.making") && unused_s > DAY_S && is_abandoned(folder, name)) {
        drop(shelf, folder, name);
    } else if (ends_with(name, ".peaks") && unused_s > (int64_t)PEAKTIDY_UNUSED_DAYS * DAY_S) {
        drop(shelf, folder, name);
    } else if (ends_with(name, ".peaks")) {
        if (shelf->count == shelf->room) {
            shelf->room = shelf->room ? 2 * shelf->room : 256;
            shelf->kept = xrealloc_array(shelf->kept, shelf->room, sizeof *shelf->kept);
        }
        shelf->kept[shelf->count++] = (struct kept){.name = xstrdup(name), .used_s = now_s - unused_s,
                                                    .bytes = (uint64_t)st.st_size};
        shelf->bytes += (uint64_t)st.st_size;
    }
}

static int compare_used(const void *a, const void *b)
{
    const struct kept *of_a = a, *of_b = b;
    return of_a->used_s < of_b->used_s ? -1 : of_a->used_s > of_b->used_s;
}

size_t peaktidy_folder(const char *folder, int64_t now_s, uint64_t bytes_max)
{
    struct shelf shelf = {.kept = NULL};
    DIR *dir = opendir(folder);
    if (!dir)
        return 0;
    for (const struct dirent *entry; (entry = readdir(dir));)
        take_name(&shelf, dirfd(dir), entry->d_name, now_s);
    if (shelf.count)
        qsort(shelf.kept, shelf.count, sizeof *shelf.kept, compare_used);
    for (size_t i = 0; i < shelf.count; i++) {
        if (shelf.bytes > bytes_max) {
            drop(&shelf, dirfd(dir), shelf.kept[i].name);
            shelf.bytes -= shelf.kept[i].bytes;
        }
        free(shelf.kept[i].name);
    }
    free(shelf.kept);
    closedir(dir);
    return shelf.gone;
}
