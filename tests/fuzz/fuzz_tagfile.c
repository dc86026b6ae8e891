/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files through tags_read(): the walkers of RIFF, RF64, AIFF, FLAC, Ogg, M4A and ASF, and ID3 at both ends. */
#include "config.h"

#include "fuzz.h"
#include "fuzz_tags.h"
#include "tags/tags.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

const char *const fuzz_seeds[] = {"tests/fuzz/seeds/tagfile", NULL};
const char *const fuzz_words[] = {
    "RIFF", "RF64", "FORM", "fLaC", "OggS", "ID3", "TAG", "ds64", "data", "cart", "bext", "iXML", "id3 ", "LIST", "INFO", "adtl",
    "cue ", "NAME",
    "MARK", "INAM", "\x01vorbis", "\x03vorbis", "OpusHead", "OpusTags", "ftyp", "moov", "udta", "meta", "ilst", "chpl",
    "\xff\xff\xff\xff", "\x84", "\x05", NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static struct media_tags tags;
    static int fd = -1;
    if (fd < 0 && (fd = memfd_create("fuzz", MFD_CLOEXEC)) < 0) {
        perror("memfd_create");
        exit(1);
    }
    if (ftruncate(fd, 0) < 0 || (count && pwrite(fd, bytes, count, 0) != (ssize_t)count)) {
        perror("memfd");
        exit(1);
    }
    tags_read(fd, 44100, &tags);
    fuzz_tags_check(&tags);
    return 0;
}
