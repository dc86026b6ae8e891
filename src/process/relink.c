/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * relink: media that are missing are looked for in the media folder and in folders that are named
 * (SPEC D5). What a file was is the catalogue's word. A file of the same content is taken; one that
 * only has the same name, length or title is offered under a number and taken when a person says
 * so. Only the file of a clip changes, in one edit.
 *
 * What is found outside of the media folder is copied to where it is missing (--copy), or, if all
 * media of the show are found below one other folder, that becomes the media folder.
 */
#include "config.h"

#include "process/finder.h"
#include "process/gather.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "library/catalog.h"
#include "library/copy.h"
#include "media/known.h"
#include "show/patch.h"
#include "show/property.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CANDIDATES = 16, TOLD = 100 };   /* of a file; lines of an answer */

struct lost {                       /* a missing file */
    struct gather_file *file;       /* `copied`: its new name, once it is decided */
    bool known, hashed;             /* the catalogue has it; with its content */
    int64_t id;                     /* its row */
    uint64_t bytes, hash;
    const struct finder_file *candidate[CANDIDATES];
    const char *likeness[CANDIDATES];
    int candidates;
    bool taken;                     /* found, and no more looked for */
    bool outside;                   /* but not in the media folder */
};

struct relink {
    struct library *library;
    const struct library_request *request;
    struct gather gather;
    struct finder finder;
    struct lost *lost;
    size_t losts, taken, copied, outside;
    char root[PATH_MAX];            /* the folder below which those outside lie as they did in the media folder */
    bool one_root;
    struct strbuf told;
    size_t lines;
    struct err *err;
};

/* --- what a missing file was --- */

static void recall(struct relink *relink, struct lost *lost)
{
    struct library *library = relink->library;
    const char *media = show_head(library->show)->media;
    char *below = xasprintf("%s/%s", media && *media ? media : "media", lost->file->file), path[CATALOG_PATH_MAX];
    struct catalog_row row;
    if (media_known_path(library->folder, below, path, sizeof path) && catalog_find_path(relink->finder.catalog, path, &row)) {
        lost->known = true;
        lost->id = row.id;
        lost->bytes = (uint64_t)row.stamp.size;
        lost->hashed = row.measure.hash_bytes == sizeof lost->hash;
        for (unsigned i = 0; lost->hashed && i < sizeof lost->hash; i++)
            lost->hash = lost->hash << 8 | row.measure.hash[i];
    }
    free(below);
}

static const char *last_part(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? slash + 1 : file;
}

/* --- looking for it --- */

/* How many bytes at the ends of two paths are the same: the nearer of two copies is the one in a folder of the same name. */
static size_t common_end(const char *a, const char *b)
{
    size_t of_a = strlen(a), of_b = strlen(b), common = 0;
    while (common < of_a && common < of_b && a[of_a - common - 1] == b[of_b - common - 1])
        common++;
    return common;
}

static const struct finder_file *find_content(struct relink *relink, const struct lost *lost)
{
    const struct finder_file *best = NULL;
    size_t count, most = 0;
    struct finder_file **file = finder_of_size(&relink->finder, lost->bytes, &count);
    for (size_t i = 0; lost->hashed && i < count; i++) {
        if (!finder_has_content(&relink->finder, file[i], lost->hash))
            continue;
        size_t common = common_end(file[i]->path, lost->file->file) + 1;
        if (common > most) {
            best = file[i];
            most = common;
        }
    }
    return best;
}

static void add_candidate(struct lost *lost, const struct finder_file *file, const char *likeness)
{
    for (int i = 0; i < lost->candidates; i++)
        if (lost->candidate[i] == file)
            return;
    if (lost->candidates == CANDIDATES)
        return;
    lost->candidate[lost->candidates] = file;
    lost->likeness[lost->candidates++] = likeness;
}

/* Metadata by which a medium is known again, the surer first. */
static const struct {
    const char *tag, *likeness;
} marks[] = {{"umid", "same UMID"}, {"isrc", "same ISRC"}, {"title", "same title"}};
enum { MARKS = sizeof marks / sizeof *marks, TAGS_MAX = 64 };

struct seeing {
    struct relink *relink;
    struct lost *lost;
    const char *likeness;
};

static bool see_mark(void *context, const struct catalog_row *row)
{
    const struct seeing *seeing = context;
    size_t count;
    struct finder_file **file = finder_of_name(&seeing->relink->finder, last_part(row->path), &count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(file[i]->path, row->path) && (int64_t)file[i]->bytes == row->stamp.size)
            add_candidate(seeing->lost, file[i], seeing->likeness);
    return seeing->lost->candidates < CANDIDATES;
}

static void find_marked(struct relink *relink, struct lost *lost)
{
    static struct catalog_tag tag[TAGS_MAX];
    int tags = lost->known ? catalog_tags(relink->finder.catalog, lost->id, tag, TAGS_MAX) : 0;
    for (int mark = 0; mark < MARKS; mark++) {
        struct seeing seeing = {relink, lost, marks[mark].likeness};
        for (int i = 0; i < tags; i++)
            if (!strcmp(tag[i].name, marks[mark].tag))
                catalog_each_of_tag(relink->finder.catalog, tag[i].name, tag[i].value, see_mark, &seeing);
    }
}

/* Return: whether metadata could tell anything of a file that is still lost. */
static bool wants_marks(const struct relink *relink)
{
    static struct catalog_tag tag[TAGS_MAX];
    for (size_t n = 0; n < relink->losts; n++) {
        const struct lost *lost = &relink->lost[n];
        int tags = lost->known && !lost->taken ? catalog_tags(relink->finder.catalog, lost->id, tag, TAGS_MAX) : 0;
        for (int i = 0; i < tags * MARKS; i++)
            if (!strcmp(tag[i / MARKS].name, marks[i % MARKS].tag))
                return true;
    }
    return false;
}

/* By name and length, by metadata, by name, by length: the likelier first. */
static void find_like(struct relink *relink, struct lost *lost)
{
    size_t named, sized;
    struct finder_file **name = finder_of_name(&relink->finder, last_part(lost->file->file), &named);
    struct finder_file **size = lost->known ? finder_of_size(&relink->finder, lost->bytes, &sized) : (sized = 0, NULL);
    for (size_t i = 0; i < named; i++)
        if (lost->known && name[i]->bytes == lost->bytes)
            add_candidate(lost, name[i], lost->hashed ? "same name and length, other content" : "same name and length");
    find_marked(relink, lost);
    for (size_t i = 0; i < named; i++)
        add_candidate(lost, name[i], lost->known ? "same name, other length" : "same name");
    for (size_t i = 0; !lost->hashed && i < sized; i++)
        add_candidate(lost, size[i], "same length");
}

/* --- taking it --- */

/* One that lies outside: with --copy it comes to where it is missing. */
static int take_outside(struct relink *relink, struct lost *lost, const char *path)
{
    size_t of_path = strlen(path), of_file = strlen(lost->file->file);
    if (relink->request->copy) {
        relink->copied++;
        return copy_file(path, relink->library->media, lost->file->file, &lost->file->copied, NULL, relink->err);
    }
    char root[PATH_MAX] = "";
    if (of_path > of_file + 1 && of_path < sizeof root && !strcmp(path + of_path - of_file, lost->file->file))
        snprintf(root, sizeof root, "%.*s", (int)(of_path - of_file - 1), path);
    relink->one_root = *root && (relink->outside ? relink->one_root && !strcmp(relink->root, root) : true);
    text_copy(relink->root, sizeof relink->root, root);
    relink->outside++;
    lost->outside = true;
    return 0;
}

static int take(struct relink *relink, struct lost *lost, const char *path)
{
    relink->taken++;
    lost->taken = true;
    lost->file->copied = library_in_media(relink->library, path);
    if (!lost->file->copied)
        return take_outside(relink, lost, path);
    return property_check_file(lost->file->copied, relink->err);
}

/* --- telling --- */

static void tell_candidates(struct relink *relink, const struct lost *lost, const char *id)
{
    struct strbuf *told = &relink->told;
    for (int i = 0; i < lost->candidates; i++) {
        char *inside = library_in_media(relink->library, lost->candidate[i]->path);
        const char *path = inside ? inside : lost->candidate[i]->path;
        strbuf_addf(&relink->library->offers, "%s %d ", id, i + 1);
        text_fmt_word(&relink->library->offers, path);
        strbuf_addc(&relink->library->offers, '\n');
        if (relink->lines < TOLD)
            strbuf_addf(told, "\n%s %s: %d: %s (%s)", id, lost->file->file, i + 1, path, lost->likeness[i]);
        relink->lines++;
        free(inside);
    }
}

static void tell_outside(struct relink *relink, const struct lost *lost, const char *id)
{
    if (relink->lines++ < TOLD)
        strbuf_addf(&relink->told, "\n%s %s: its content lies outside of the media folder: relink --copy brings it there", id,
                    lost->file->file);
}

static struct lost *find_lost(const struct relink *relink, const char *file)
{
    for (size_t low = 0, high = relink->losts; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(relink->lost[middle].file->file, file);
        if (!order)
            return &relink->lost[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Every clip whose file is missing: its new file into the patch, or what may be it into the answer. */
static void conclude_clips(struct relink *relink, bool moved)
{
    const struct show *show = relink->library->show;
    for (int slot = 0; slot < show_slots(show); slot++) {
        const struct show_clip *clip = show_clip(show, slot);
        const struct lost *lost = clip ? find_lost(relink, clip->file) : NULL;
        if (!lost)
            continue;
        if (lost->file->copied && strcmp(lost->file->copied, clip->file)) {
            char object[80];
            snprintf(object, sizeof object, "clip %s", clip->id);
            patch_add(&relink->library->patch, object, "file", lost->file->copied);
        } else if (lost->outside && !moved) {
            tell_outside(relink, lost, clip->id);
        } else if (!lost->file->copied && !lost->outside) {
            tell_candidates(relink, lost, clip->id);
        }
    }
}

static void conclude(struct relink *relink)
{
    struct library *library = relink->library;
    bool moved = relink->outside && relink->one_root && relink->outside == relink->gather.count;
    size_t offered = 0;
    if (moved) {
        size_t length = strlen(library->folder);
        bool below = !strncmp(relink->root, library->folder, length) && relink->root[length] == '/';
        patch_add(&library->patch, "show", "media", below ? relink->root + length + 1 : relink->root);
    }
    for (size_t i = 0; i < relink->losts; i++)
        offered += relink->lost[i].candidates && !relink->lost[i].file->copied;
    conclude_clips(relink, moved);
    size_t found = relink->taken - (moved ? 0 : relink->outside);
    struct strbuf *answer = &library->answer;
    library_fmt_count(answer, relink->losts, "missing file");
    strbuf_addf(answer, ": %zu found", found);
    if (moved)
        strbuf_addf(answer, ", the media folder is %s now", relink->root);
    if (offered)
        strbuf_addf(answer, ", %zu with candidates: relink CLIP NUMBER takes one", offered);
    strbuf_addf(answer, "%s", relink->told.s ? relink->told.s : "");
    if (relink->lines > TOLD)
        strbuf_addf(answer, "\n... and %zu more", relink->lines - TOLD);
}

/* --- doing it --- */

static int look_for_content(struct relink *relink, struct lost *lost)
{
    recall(relink, lost);
    const struct finder_file *same = find_content(relink, lost);
    return same ? take(relink, lost, same->path) : 0;
}

static int look_for_like(struct relink *relink, struct lost *lost)
{
    if (!lost->taken)
        find_like(relink, lost);
    return 0;
}

static int add_folders(struct relink *relink)
{
    struct stat st;
    if (stat(relink->library->media, &st) == 0 && finder_add(&relink->finder, relink->library->media, relink->err) < 0)
        return -1;
    for (int i = 0; i < relink->request->words; i++) {
        char *path = library_path(relink->request, relink->request->word[i]), real[PATH_MAX];
        int result = realpath(path, real) ? finder_add(&relink->finder, real, relink->err)
                                          : err_set(relink->err, ERR_UNKNOWN, "%s: no such folder", path);
        free(path);
        if (result < 0)
            return -1;
    }
    finder_index(&relink->finder);
    return 0;
}

static int look_for_each(struct relink *relink, const char *what, int (*look)(struct relink *, struct lost *))
{
    progress_begin(&relink->library->progress, what, relink->losts);
    for (size_t i = 0; i < relink->losts; i++) {
        if (look(relink, &relink->lost[i]) < 0)
            return -1;
        progress_add(&relink->library->progress, 1);
    }
    return 0;
}

static int look_for_all(struct relink *relink)
{
    if (add_folders(relink) < 0 || look_for_each(relink, "looking for media by content", look_for_content) < 0)
        return -1;
    if (wants_marks(relink))
        finder_learn(&relink->finder, &relink->library->prober, &relink->library->progress);
    return look_for_each(relink, "looking for what is like them", look_for_like);
}

static int check_named(struct relink *relink, const char *path)
{
    struct probe_info info;
    struct lost *lost = relink->lost;
    if (prober_ask(&relink->library->prober, path, &info, relink->err) < 0 || take(relink, lost, path) < 0)
        return -1;
    if (lost->outside)
        return err_set(relink->err, ERR_REFUSED, "%s: is not in the media folder %s: relink --copy, or move it there", path,
                       relink->library->media);
    return 0;
}

static bool begins_part(const char *path, size_t at)
{
    return !at || path[at - 1] == '/';
}

/* Where `file` lies now if it went the way from `old` to `new`. Return: a path seen from the media folder, or NULL. Caller
 * frees. */
static char *shifted(const char *file, const char *old, const char *new)
{
    size_t common = common_end(old, new), of_old = strlen(old), of_new = strlen(new);
    while (common && (!begins_part(old, of_old - common) || !begins_part(new, of_new - common)))
        common--;
    size_t before = of_old - common;
    if (!common || strncmp(file, old, before))
        return NULL;
    return xasprintf("%.*s%s", (int)(of_new - common), new, file + before);
}

static void offer_neighbours(struct relink *relink)
{
    const struct gather_file *led = relink->lost->file;
    struct library *library = relink->library;
    size_t offered = 0;
    for (int slot = 0; slot < show_slots(library->show); slot++) {
        const struct show_clip *clip = show_clip(library->show, slot);
        const struct gather_file *file = clip ? gather_find(&relink->gather, clip->file) : NULL;
        if (!file || !file->missing || file == led)
            continue;
        char *where = shifted(file->file, led->file, led->copied), *path = where ? gather_path(library, where) : NULL, object[80];
        struct stat st;
        if (path && stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
            offered++;
            strbuf_addf(&library->offers, "%s 1 ", clip->id);
            text_fmt_word(&library->offers, where);
            strbuf_adds(&library->offers, " neighbour\n");
            snprintf(object, sizeof object, "clip %s", clip->id);
            if (relink->request->neighbours)
                patch_add(&library->patch, object, "file", where);
            else if (relink->lines++ < TOLD)
                strbuf_addf(&relink->told, "\n%s %s: 1: %s", clip->id, file->file, where);
        }
        free(path);
        free(where);
    }
    if (offered)
        strbuf_addf(&library->answer, relink->request->neighbours
                    ? "; %zu neighbours too" : "; %zu neighbours went the same way: relink neighbours takes them",
                    offered);
    strbuf_addf(&library->answer, "%s", relink->told.s ? relink->told.s : "");
}

/* A person says which file it is. Others that are missing and lie in the same way below where it went are offered with it. */
static int take_named(struct relink *relink, const char *path)
{
    if (check_named(relink, path) < 0)
        return -1;
    conclude_clips(relink, false);
    strbuf_addf(&relink->library->answer, "%s: %s", relink->lost->file->file, relink->lost->file->copied);
    offer_neighbours(relink);
    return 0;
}

static int take_numbered(struct relink *relink, int number)
{
    const struct lost *lost = relink->lost;
    if (number > lost->candidates)
        return err_set(relink->err, ERR_RANGE, "%s: has %d candidate%s", lost->file->file, lost->candidates,
                       lost->candidates == 1 ? "" : "s");
    return take_named(relink, lost->candidate[number - 1]->path);
}

/* The file that a person named. Return: NULL if there is none, or it is a folder; caller frees. */
static char *named_file(const struct relink *relink)
{
    struct stat st;
    char *path = relink->request->words == 1 ? library_path(relink->request, relink->request->word[0]) : NULL;
    if (path && stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
        return path;
    free(path);
    return NULL;
}

static int do_relink(struct relink *relink, const struct gather_file *only)
{
    for (size_t i = 0; i < relink->gather.count; i++)
        if (only ? &relink->gather.file[i] == only : relink->gather.file[i].missing)
            relink->lost[relink->losts++].file = &relink->gather.file[i];
    char *path = only ? named_file(relink) : NULL;
    if (path) {
        int result = take_named(relink, path);
        free(path);
        return result;
    }
    if (only && !only->missing)
        return err_set(relink->err, ERR_REFUSED, "%s: is not missing; relink CLIP FILE names another file", only->file);
    if (look_for_all(relink) < 0)
        return -1;
    if (relink->request->take && !relink->lost->taken)
        return take_numbered(relink, relink->request->take);
    conclude(relink);
    return 0;
}

int library_relink(struct library *library, const struct library_request *request, struct err *err)
{
    struct relink relink = {.library = library, .request = request, .err = err};
    const struct gather_file *only = NULL;
    int result = 0;
    gather_init(&relink.gather, library);
    relink.lost = xcalloc(relink.gather.count + 1, sizeof *relink.lost);
    relink.finder.catalog = catalog_open(NULL);
    if (request->clip && *request->clip) {
        int slot = show_find(library->show, request->clip, err);
        only = slot < 0 ? NULL : gather_find(&relink.gather, show_clip(library->show, slot)->file);
        result = slot < 0 ? -1 : 0;
    }
    if (!result)
        result = do_relink(&relink, only);
    finder_clear(&relink.finder);
    catalog_close(relink.finder.catalog);
    strbuf_clear(&relink.told);
    free(relink.lost);
    gather_clear(&relink.gather);
    return result;
}
