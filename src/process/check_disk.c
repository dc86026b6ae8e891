/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Disks of a show: see check_disk.h. The worst case is every voice reading stereo floats at 96 kHz
 * at once; half as fast again is asked for, since heads of other clips are loaded meanwhile.
 */
#include "config.h"

#include "process/check_disk.h"
#include "base/text.h"
#include "platform/clock.h"
#include "platform/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { ROOM_MB = 100, VOICES = 25, FRAME_BYTES = 8, RATE = 96000, CHUNK = 1 << 20, LEAST = 8 << 20, MOST = 64 << 20 };

static void warn(struct report *report, const char *session, const char *media, const char *text)
{
    report_add(report, REPORT_WARNING, session, 0, "", media, text);
}

static void check_room_of(const char *folder, const char *what, const char *session, struct report *report)
{
    struct statvfs disk;
    char text[PATH_MAX + 200];
    if (statvfs(folder, &disk) < 0)
        return;
    uint64_t free_mb = (uint64_t)disk.f_bavail * disk.f_frsize >> 20;
    snprintf(text, sizeof text, "%s: %llu MB are free on the disk of %s; with less than %d a save or a recording may fail: make room",
             folder, (unsigned long long)free_mb, what, ROOM_MB);
    if (free_mb < ROOM_MB)
        warn(report, session, "", text);
    snprintf(text, sizeof text, "%s: no file can be made there (%s); %s cannot be written", folder,
             disk.f_flag & ST_RDONLY ? "the disk is read-only" : strerror(EACCES), what);
    if (access(folder, W_OK | X_OK) < 0)
        warn(report, session, "", text);
    if (disk.f_files && !disk.f_favail) {
        snprintf(text, sizeof text, "%s: the disk has no inode left; %s cannot be written: remove files", folder, what);
        warn(report, session, "", text);
    }
}

void check_disk_room(const char *session, struct report *report)
{
    char path[PATH_MAX], folder[PATH_MAX];
    struct err ignored;
    if (paths_absolute(session, path, sizeof path, &ignored) == 0 && paths_folder(path, folder, sizeof folder, &ignored) == 0)
        check_room_of(folder, "the session", session, report);
    if (paths_state(folder, sizeof folder, &ignored) < 0)
        warn(report, session, "", ignored.text);
    else
        check_room_of(folder, "the journal of edits", session, report);
}

/* --- speed --- */

/* Return: bytes a second; 0: it cannot be told. */
static double speed_of(const char *file, off_t bytes)
{
    char *chunk = malloc(CHUNK);
    int fd = open(file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    uint64_t began = clock_now_rt(), took = 1;
    off_t at = 0, most = bytes < MOST ? bytes : MOST;
    ssize_t got = 1;
    if (fd >= 0)
        posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);       /* or it is the memory that is measured */
    while (chunk && fd >= 0 && got > 0 && at < most && took < CLOCK_SECOND_NS) {
        got = pread(fd, chunk, CHUNK, at);
        at += got > 0 ? got : 0;
        took = clock_now_rt() - began + 1;
    }
    if (fd >= 0)
        close(fd);
    free(chunk);
    return got < 0 ? 0 : (double)at * 1e9 / (double)took;
}

void check_disk_speed(const char *session, const char *file, struct report *report)
{
    static const double need = 1.5 * VOICES * FRAME_BYTES * RATE;
    char text[200];
    struct stat st;
    if (stat(file, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < LEAST)
        return;                             /* what is that small is in memory whole */
    double speed = speed_of(file, st.st_size);
    if (speed <= 0 || speed >= need)
        return;
    snprintf(text, sizeof text, "the disk reads %.1f MB/s; all voices at once may need %.0f: keep the media on a faster one, or raise "
             "memory in clipgrid.conf", speed / 1e6, need / 1e6);
    warn(report, session, file, text);
}
