/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document as text in a memfd: see document.h. */
#include "config.h"

#include "process/document.h"
#include "platform/fd.h"
#include "show/flat.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DOCUMENT_BYTES_MAX = 512 * 1024 * 1024 };

int document_to_fd(const struct strbuf *text, struct err *err)
{
    int fd = memfd_create("clipgrid-document", MFD_CLOEXEC);
    if (fd >= 0 && fd_write_all(fd, text->s, text->len) == 0)
        return fd;
    err_set(err, ERR_IO, "the document cannot be handed on: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

int document_from_fd(int fd, struct strbuf *text, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0 || st.st_size > DOCUMENT_BYTES_MAX)
        return err_set(err, ERR_IO, "the document did not arrive");
    char bytes[65536];
    for (off_t at = 0; at < st.st_size;) {
        ssize_t got = pread(fd, bytes, sizeof bytes, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_set(err, ERR_IO, "the document did not arrive whole");
        strbuf_add(text, bytes, (size_t)got);
        at += got;
    }
    return 0;
}

struct show *document_parse(const char *text, size_t bytes, struct err *err)
{
    struct show *show = show_new();
    if (flat_read(show, text, bytes, err) == 0)
        return show;
    show_free(show);
    return NULL;
}
