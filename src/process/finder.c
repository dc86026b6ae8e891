/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files among which missing ones are looked for: see finder.h. */
#include "config.h"

#include "process/finder.h"
#include "base/xalloc.h"
#include "library/catalog.h"
#include "library/copy.h"
#include "library/progress.h"
#include "media/media_file.h"
#include "media/prober.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEARN_WAIT_MS = 10000 };         /* for the catalogue's disk */

int finder_add(struct finder *finder, const char *folder, struct err *err)
{
    return walk_folder(&finder->walk, folder, err);
}

static int compare_size(const void *a, const void *b)
{
    const struct finder_file *of_a = *(struct finder_file *const *)a, *of_b = *(struct finder_file *const *)b;
    if (of_a->bytes != of_b->bytes)
        return of_a->bytes < of_b->bytes ? -1 : 1;
    return strcmp(of_a->path, of_b->path);
}

static int compare_name(const void *a, const void *b)
{
    const struct finder_file *of_a = *(struct finder_file *const *)a, *of_b = *(struct finder_file *const *)b;
    int order = strcmp(of_a->name, of_b->name);
    return order ? order : strcmp(of_a->path, of_b->path);
}

static int compare_path(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void finder_index(struct finder *finder)
{
    struct walk *walk = &finder->walk;
    finder->file = xcalloc(walk->count + 1, sizeof *finder->file);
    finder->by_size = xcalloc(walk->count + 1, sizeof(struct finder_file *));
    finder->by_name = xcalloc(walk->count + 1, sizeof(struct finder_file *));
    qsort(walk->path, walk->count, sizeof *walk->path, compare_path);
    for (size_t i = 0; i < walk->count; i++) {
        struct stat st;
        if ((i && !strcmp(walk->path[i], walk->path[i - 1])) || stat(walk->path[i], &st) < 0 || st.st_size == 0)
            continue;               /* folders may have been named twice, or one in the other */
        struct finder_file *file = &finder->file[finder->count];
        *file = (struct finder_file){.path = walk->path[i], .name = strrchr(walk->path[i], '/') + 1,
                                     .bytes = (uint64_t)st.st_size};
        finder->by_size[finder->count] = finder->by_name[finder->count] = file;
        finder->count++;
    }
    qsort(finder->by_size, finder->count, sizeof(struct finder_file *), compare_size);
    qsort(finder->by_name, finder->count, sizeof(struct finder_file *), compare_name);
}

void finder_clear(struct finder *finder)
{
    walk_clear(&finder->walk);
    free(finder->file);
    free(finder->by_size);
    free(finder->by_name);
    *finder = (struct finder){.catalog = finder->catalog};
}

/* The run of files that are like `key` in an index. */
static struct finder_file **find_run(struct finder_file **index, size_t files,
                                     bool (*before)(const struct finder_file *, const void *),
                                     bool (*same)(const struct finder_file *, const void *), const void *key, size_t *count)
{
    size_t low = 0, high = files;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (before(index[middle], key))
            low = middle + 1;
        else
            high = middle;
    }
    for (*count = 0; low + *count < files && same(index[low + *count], key);)
        ++*count;
    return *count ? index + low : NULL;
}

static bool is_smaller(const struct finder_file *file, const void *bytes)
{
    return file->bytes < *(const uint64_t *)bytes;
}

static bool is_as_large(const struct finder_file *file, const void *bytes)
{
    return file->bytes == *(const uint64_t *)bytes;
}

static bool is_before(const struct finder_file *file, const void *name)
{
    return strcmp(file->name, name) < 0;
}

static bool is_named(const struct finder_file *file, const void *name)
{
    return !strcmp(file->name, name);
}

struct finder_file **finder_of_size(const struct finder *finder, uint64_t bytes, size_t *count)
{
    return find_run(finder->by_size, finder->count, is_smaller, is_as_large, &bytes, count);
}

struct finder_file **finder_of_name(const struct finder *finder, const char *name, size_t *count)
{
    return find_run(finder->by_name, finder->count, is_before, is_named, name, count);
}

/* By its name alone: each file that is none costs a worker its life, and a folder may hold thousands. */
static bool is_named_like_media(const char *name)
{
    static const char *const ends[] = {"wav", "wave", "bwf", "rf64", "w64", "aif", "aiff", "aifc", "au", "caf", "flac",
                                       "ogg", "oga", "opus", "mp3", "m4a", "mp4", "aac", "wma"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof ends / sizeof *ends; i++)
        if (!strcasecmp(dot + 1, ends[i]))
            return true;
    return false;
}

static void learn(struct finder *finder, struct prober *prober, const char *path)
{
    static struct catalog_row row;
    static struct media_tags tags;
    struct probe_info info;
    struct stat st;
    struct err err;
    if (stat(path, &st) < 0)
        return;
    struct catalog_stamp stamp = catalog_stamp_of(&st);
    bool known = catalog_find(finder->catalog, path, &stamp, &row) && row.tagged;
    if (!known && prober_ask_tags(prober, path, &info, &tags, &err) == 0)
        catalog_put_media_tags(finder->catalog, path, &stamp, &tags);
}

void finder_learn(struct finder *finder, struct prober *prober, struct progress *progress)
{
    char text[200];                     /* nobody waits for what it may say */
    progress_begin(progress, "reading metadata", finder->count);
    for (size_t i = 0; i < finder->count; i++) {
        if (is_named_like_media(finder->file[i].name))
            learn(finder, prober, finder->file[i].path);
        progress_add(progress, 1);
    }
    catalog_flush(finder->catalog, LEARN_WAIT_MS);
    catalog_tend(finder->catalog, text, sizeof text);
}

/* Return: whether the catalogue knows the content of the file as it is now. */
static bool is_known(struct finder *finder, struct finder_file *file)
{
    struct catalog_row row;
    struct catalog_stamp stamp;
    struct stat st;
    if (stat(file->path, &st) < 0)
        return false;
    stamp = catalog_stamp_of(&st);
    if (!catalog_find(finder->catalog, file->path, &stamp, &row) || row.measure.hash_bytes != sizeof file->hash)
        return false;
    file->hash = 0;
    for (unsigned i = 0; i < sizeof file->hash; i++)
        file->hash = file->hash << 8 | row.measure.hash[i];
    return true;
}

bool finder_has_content(struct finder *finder, struct finder_file *file, uint64_t hash)
{
    if (!file->hashed) {
        file->hashed = true;
        if (!is_known(finder, file)) {
            int fd = media_file_open(AT_FDCWD, file->path, NULL);
            uint64_t bytes;
            file->unreadable = fd < 0 || copy_hash(fd, &file->hash, &bytes, NULL) < 0 || bytes != file->bytes;
            if (fd >= 0)
                close(fd);
        }
    }
    return !file->unreadable && file->hash == hash;
}
