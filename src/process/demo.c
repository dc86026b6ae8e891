/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes the demo show: the folder, its media, and last the session, so that a session that is
 * there is whole. Making the media folder is what claims the place; whoever finds it taken goes
 * away without touching anything. What could not be finished is taken away again.
 */
#include "config.h"

#include "process/demo.h"

#include "base/err.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "process/demoshow.h"
#include "process/demosound.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct demo {
    char *dir, *media, *session;
    bool made_dir;
};

static void demo_init(struct demo *demo, const char *dir)
{
    size_t length = strlen(dir);
    while (length > 1 && dir[length - 1] == '/')
        length--;
    demo->dir = xstrndup(dir, length);
    demo->media = xasprintf("%s/media", demo->dir);
    demo->session = xasprintf("%s/demo.orp", demo->dir);
    demo->made_dir = false;
}

static void demo_clear(struct demo *demo)
{
    free(demo->dir);
    free(demo->media);
    free(demo->session);
}

static bool is_empty_folder(const char *path)
{
    DIR *folder = opendir(path);
    int entries = 0;
    if (!folder)
        return false;
    while (readdir(folder))
        entries++;
    closedir(folder);
    return entries <= 2;                /* . and .. */
}

static int claim_place(struct demo *demo, struct err *err)
{
    demo->made_dir = mkdir(demo->dir, 0777) == 0;
    if (!demo->made_dir && errno != EEXIST)
        return err_set(err, ERR_IO, "%s: %s", demo->dir, strerror(errno));
    if (!demo->made_dir && !is_empty_folder(demo->dir))
        return err_set(err, ERR_REFUSED, "%s: exists already, nothing was written", demo->dir);
    if (mkdir(demo->media, 0777) == 0)
        return 0;
    err_set(err, ERR_IO, "%s: %s", demo->media, strerror(errno));
    if (demo->made_dir)
        rmdir(demo->dir);
    return -1;
}

static char *media_path(const struct demo *demo, int sound)
{
    return xasprintf("%s/%s", demo->media, demo_sounds[sound].file);
}

static int write_media(const struct demo *demo, int64_t *bytes, struct err *err)
{
    *bytes = 0;
    for (int i = 0; i < demo_sound_count; i++) {
        char *path = media_path(demo, i);
        int64_t written = demo_sound_write(&demo_sounds[i], path, err);
        free(path);
        if (written < 0)
            return -1;
        *bytes += written;
    }
    return 0;
}

static int write_session(const struct demo *demo, struct err *err)
{
    struct strbuf text = {0};
    demo_show_fmt(&text);
    FILE *file = fopen(demo->session, "wxe");
    bool failed = !file || fwrite(text.s, 1, text.len, file) != text.len;
    if (file && fclose(file))
        failed = true;
    strbuf_clear(&text);
    return failed ? err_set(err, ERR_IO, "%s: %s", demo->session, strerror(errno)) : 0;
}

static void take_away(const struct demo *demo)
{
    unlink(demo->session);
    for (int i = 0; i < demo_sound_count; i++) {
        char *path = media_path(demo, i);
        unlink(path);
        free(path);
    }
    rmdir(demo->media);
    if (demo->made_dir)
        rmdir(demo->dir);
}

static int demo_write(struct demo *demo, struct err *err)
{
    int64_t bytes;
    if (claim_place(demo, err))
        return -1;
    if (write_media(demo, &bytes, err) || write_session(demo, err)) {
        take_away(demo);
        return -1;
    }
    printf("%d clips of %d sounds, %.1f MB. clipgrid opens the show by this path:\n", demo_show_clips(), demo_sound_count,
           (double)bytes / 1e6);
    return 0;
}

int demo_run(const char *dir)
{
    struct demo demo;
    struct err err;
    demo_init(&demo, dir ? dir : DEMO_FOLDER);
    int failed = demo_write(&demo, &err);
    if (failed)
        fprintf(stderr, "clipgrid: %s\n", err.text);
    else
        printf("%s\n", demo.session);
    demo_clear(&demo);
    return failed ? 1 : 0;
}
