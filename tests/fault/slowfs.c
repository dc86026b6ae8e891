/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slowfs BACKING SWITCH [FUSE OPTIONS] MOUNTPOINT: shows the folder BACKING, read-only, as a disk that fails on demand. The
 * file SWITCH says how, in one word and a number, and is read before every call:
 *
 *   well        as BACKING is
 *   hang        every call waits until the word is another one
 *   delay MS    every call waits so long first
 *   rate N      every read takes the time that N bytes a second need
 *   eio         every read fails with EIO
 *   short N     a read gives at most N bytes
 *
 * Nothing is cached, so that each read of a program comes here. A SWITCH that is not there means `well`.
 */
#include "config.h"

#define FUSE_USE_VERSION 31
#include <fuse.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char backing[1024], switch_file[1024];

struct fault {
    char word[16];
    long number;
};

static void wait_ms(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static struct fault read_switch(void)
{
    struct fault fault = {"well", 0};
    FILE *file = fopen(switch_file, "re");
    if (file) {
        if (fscanf(file, "%15s %ld", fault.word, &fault.number) < 1)
            strcpy(fault.word, "well");
        fclose(file);
    }
    return fault;
}

/* Before every call. Return: what is left to do about it. */
static struct fault obey(void)
{
    struct fault fault;
    while (fault = read_switch(), !strcmp(fault.word, "hang"))
        wait_ms(10);
    if (!strcmp(fault.word, "delay"))
        wait_ms(fault.number);
    return fault;
}

static const char *real_path(const char *path, char out[2048])
{
    snprintf(out, 2048, "%s%s", backing, path);
    return out;
}

static int slow_getattr(const char *path, struct stat *st, struct fuse_file_info *info)
{
    char real[2048];
    (void)info;
    obey();
    return lstat(real_path(path, real), st) < 0 ? -errno : 0;
}

static int slow_readdir(const char *path, void *out, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *info,
                        enum fuse_readdir_flags flags)
{
    char real[2048];
    (void)offset, (void)info, (void)flags;
    obey();
    DIR *folder = opendir(real_path(path, real));
    if (!folder)
        return -errno;
    for (struct dirent *entry; (entry = readdir(folder));)
        fill(out, entry->d_name, NULL, 0, 0);
    closedir(folder);
    return 0;
}

static int slow_open(const char *path, struct fuse_file_info *info)
{
    char real[2048];
    obey();
    int fd = open(real_path(path, real), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    info->fh = (uint64_t)fd;
    info->direct_io = 1;
    return 0;
}

static int slow_read(const char *path, char *out, size_t size, off_t offset, struct fuse_file_info *info)
{
    (void)path;
    struct fault fault = obey();
    if (!strcmp(fault.word, "eio"))
        return -EIO;
    if (!strcmp(fault.word, "short") && fault.number > 0 && size > (size_t)fault.number)
        size = (size_t)fault.number;
    ssize_t got = pread((int)info->fh, out, size, offset);
    if (got > 0 && !strcmp(fault.word, "rate") && fault.number > 0)
        wait_ms(got * 1000 / fault.number);
    return got < 0 ? -errno : (int)got;
}

static int slow_release(const char *path, struct fuse_file_info *info)
{
    (void)path;
    close((int)info->fh);
    return 0;
}

static void *slow_init(struct fuse_conn_info *connection, struct fuse_config *config)
{
    (void)connection;
    config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
    return NULL;
}

static const struct fuse_operations operations = {
    .init = slow_init, .getattr = slow_getattr, .readdir = slow_readdir, .open = slow_open, .read = slow_read,
    .release = slow_release,
};

int main(int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: slowfs BACKING SWITCH [FUSE OPTIONS] MOUNTPOINT\n", stderr);
        return 2;
    }
    snprintf(backing, sizeof backing, "%s", argv[1]);
    snprintf(switch_file, sizeof switch_file, "%s", argv[2]);
    argv[2] = argv[0];
    return fuse_main(argc - 2, argv + 2, &operations, NULL);
}
