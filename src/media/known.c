/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names by which media files are known: see known.h. Pure but for one readlink. */
#include "config.h"

#include "media/known.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool media_known_folder(int folder_fd, char *buffer, size_t size)
{
    if (folder_fd == AT_FDCWD)
        return getcwd(buffer, size) != NULL;
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder_fd);
    ssize_t length = readlink(link, buffer, size);
    if (length <= 0 || (size_t)length >= size || buffer[0] != '/')
        return false;
    buffer[length] = '\0';
    return true;
}

/* Appends one part of a path. Return: the new length, or 0 if it does not fit. */
static size_t add_part(char *buffer, size_t length, size_t size, const char *part, size_t count)
{
    if (length + 1 + count >= size)
        return 0;
    buffer[length] = '/';
    memcpy(buffer + length + 1, part, count);
    buffer[length + 1 + count] = '\0';
    return length + 1 + count;
}

static size_t drop_part(char *buffer, size_t length)
{
    while (length > 0 && buffer[--length] != '/')
        ;
    buffer[length] = '\0';
    return length;
}

/* Adds the parts of path, taking `.` and `..` by their letter. Return: false if they do not fit. */
static bool add_parts(char *buffer, size_t *length, size_t size, const char *path)
{
    while (*path) {
        size_t count = strcspn(path, "/");
        if (count == 2 && !memcmp(path, "..", 2))
            *length = drop_part(buffer, *length);
        else if (count > 0 && !(count == 1 && *path == '.') && !(*length = add_part(buffer, *length, size, path, count)))
            return false;
        path += count + (path[count] == '/');
    }
    return true;
}

bool media_known_path(const char *folder_path, const char *path, char *buffer, size_t size)
{
    size_t length = 0;
    if (size == 0)
        return false;
    buffer[0] = '\0';
    if (path[0] != '/' && !add_parts(buffer, &length, size, folder_path))
        return false;
    return add_parts(buffer, &length, size, path) && length > 0;
}
