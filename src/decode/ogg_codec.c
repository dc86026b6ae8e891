/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libsndfile's own seeks in Ogg land beside the frame now and then, and it plays only the first
 * of several streams chained in a file. So it is never made to seek: it is shown a file of the
 * stream's header pages and the pages from the right one on, and decodes that from its beginning.
 * Which frame that is follows from its length, for the end is the same.
 *
 * Vorbis gives the same samples wherever it is begun. Opus remembers, some of it for ever; so each
 * run of four seconds is decoded by a decoder begun anew 400 ms earlier, also when the file is read
 * from its beginning to its end. (RFC 7845 section 4.6 asks for 80 ms; CELT takes 300 until nearly
 * nothing is left.) As a page may be a second long, the first one is cut down to the packets that
 * are needed.
 *
 * Where a page lies is found by bisection, ten reads of 128 KB in a file of an hour, and streams that are
 * chained by walking the whole file; with a seek table (wire/seek_table.h) both take one read.
 */
#include "config.h"

#include "decode/ogg_codec.h"

#include "decode/container.h"
#include "decode/ogg_pages.h"
#include "decode/sndfile_codec.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "wire/work.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    OPUS_LEAD = 19200, OPUS_RUN = 4 * OGG_OPUS_RATE,
    SKIP_FRAMES = 4096,             /* decoded and dropped at once */
    AHEAD_MAX = OPUS_RUN,           /* so far ahead is decoded, not jumped */
    LINKS_MAX = 1000,
    BISECT_LEAST = 128 << 10,       /* bytes, below which pages are walked */
};

struct ogg_link {                   /* one stream of those chained in the file */
    int64_t at, sound_at, end;      /* bytes: of its first page, of its first page of sound, behind its last page */
    int64_t begin, frames;          /* the first in the whole; how many */
    int64_t last;                   /* granule of its last page */
    uint32_t serial;
};

struct ogg_codec {
    struct codec codec;
    int fd;
    struct ogg_file file;
    bool opus;
    struct ogg_link *link;
    int links;
    struct work_opened facts;
    struct codec *decoder;          /* of the link `current`, NULL: none */
    int current;
    int64_t from, next;             /* frames of the link: that it gave first, that it would give next */
    bool whole;                     /* all of the file's streams are played */
    struct seek_table *table;       /* or NULL */
    void *dropped;
    unsigned char first[OGG_PAGE_MAX], page[OGG_PAGE_MAX];  /* made up, for the decoder */
};

/* --- where to begin --- */
/* The frame of the whole at which a page with this granule ends. */
static int64_t frame_of(const struct ogg_link *link, int64_t granule)
{
    return link->begin + granule - (link->last - link->frames);
}

/* A page of the link that is at or before the one with the granule, by the table: not far. */
static int64_t tabled_page(const struct ogg_codec *codec, const struct ogg_link *link, int64_t granule)
{
    int i = seek_table_find(codec->table, frame_of(link, granule));
    int64_t at = i < 0 ? 0 : codec->table->point[i].at;
    return at > link->sound_at && at < link->end ? at : link->sound_at;
}

/* The same by looking here and there. */
static int64_t bisected_page(struct ogg_codec *codec, const struct ogg_link *link, int64_t granule)
{
    struct ogg_page page;
    int64_t low = link->sound_at, high = link->end;
    while (high - low > BISECT_LEAST) {
        int64_t middle = low + (high - low) / 2;
        bool there = ogg_page_next(&codec->file, middle, high, &page);
        while (there && (page.granule < 0 || page.serial != link->serial))
            there = ogg_page_next(&codec->file, page.at + page.bytes, high, &page);
        if (there && page.granule <= granule)
            low = page.at;
        else
            high = middle;
    }
    return low;
}

/* The last page of the link that ends at or before the granule. Return: false if there is none: begin at its beginning. */
static bool find_page(struct ogg_codec *codec, const struct ogg_link *link, int64_t granule, struct ogg_page *found)
{
    struct ogg_page page;
    int64_t at = codec->table ? tabled_page(codec, link, granule) : bisected_page(codec, link, granule);
    bool any = false;
    for (; ogg_page_next(&codec->file, at, link->end, &page); at = page.at + page.bytes) {
        if (page.serial != link->serial || page.granule < 0)
            continue;
        if (page.granule > granule)
            break;
        *found = page;
        found->data = NULL;
        any = true;
    }
    return any;
}

static void show_whole(const struct ogg_link *link, struct sndfile_piece *piece)
{
    memset(piece, 0, SNDFILE_PIECES * sizeof *piece);
    piece[0] = (struct sndfile_piece){.at = link->at, .bytes = link->end - link->at};
}

/* Opus: header pages that say that nothing is to be skipped (RFC 7845 section 5.1): what is begun inside has none of it. */
static bool show_unskipped(struct ogg_codec *codec, const struct ogg_link *link, struct sndfile_piece *piece)
{
    enum { SKIP_AT = 10 };
    struct ogg_page page;
    if (!ogg_page_next(&codec->file, link->at, link->at + 1, &page) || page.bytes < page.head + SKIP_AT + 2)
        return false;
    memcpy(codec->first, page.data, page.bytes);
    memset(codec->first + page.head + SKIP_AT, 0, 2);
    ogg_page_seal(codec->first, page.bytes);
    piece[0] = (struct sndfile_piece){.bytes = page.bytes, .memory = codec->first};
    piece[1] = (struct sndfile_piece){.at = page.at + page.bytes, .bytes = link->sound_at - page.at - page.bytes};
    return true;
}

/* Opus: the packets of the page that begin at or before the granule but the last are left out. */
static bool show_cut_page(struct ogg_codec *codec, const struct ogg_link *link, const struct ogg_page *before, int64_t granule,
                          struct sndfile_piece *piece)
{
    struct ogg_page page;
    int64_t at = before->granule;
    unsigned skip = 0;
    if (!ogg_page_next(&codec->file, before->at + before->bytes, link->end, &page) || page.serial != link->serial ||
        page.granule < 0 || page.flags & OGG_CONTINUED)
        return false;
    for (; skip + 1 < page.packets; skip++) {
        at += ogg_page_opus_frames(&page, skip);
        if (at > granule)
            break;
    }
    piece[2] = (struct sndfile_piece){.bytes = ogg_page_trim(&page, skip, codec->page), .memory = codec->page};
    piece[3] = (struct sndfile_piece){.at = page.at + page.bytes, .bytes = link->end - page.at - page.bytes};
    return show_unskipped(codec, link, piece);
}

/* Begins a decoder that gives the frame of the link, or an earlier one, next. */
static bool begin_before(struct ogg_codec *codec, int index, int64_t frame)
{
    const struct ogg_link *link = &codec->link[index];
    struct sndfile_piece piece[SNDFILE_PIECES] = {{0}};
    struct work_opened facts;
    struct ogg_page page;
    int64_t granule = link->last - link->frames + frame - (codec->opus ? OPUS_LEAD : 0);
    codec_close(codec->decoder);
    piece[0] = (struct sndfile_piece){.at = link->at, .bytes = link->sound_at - link->at};
    bool inside = find_page(codec, link, granule, &page);
    if (inside && codec->opus)
        inside = show_cut_page(codec, link, &page, granule, piece);
    else if (inside)
        piece[1] = (struct sndfile_piece){.at = page.at, .bytes = link->end - page.at};
    if (!inside)
        show_whole(link, piece);
    codec->decoder = sndfile_codec_open_pieces(codec->fd, piece, &facts);
    codec->current = index;
    codec->from = codec->next = codec->decoder ? link->frames - facts.frames : 0;
    return codec->decoder && codec->next <= frame && facts.channels == codec->facts.channels;
}

/* --- reading --- */
static uint32_t decode(struct ogg_codec *codec, uint32_t frames, void *out)
{
    uint32_t made = 0, got = 1;
    size_t frame_bytes = work_frame_bytes(codec->facts.sample, codec->facts.channels);
    while (made < frames && got) {
        got = sndfile_codec.read(codec->decoder, codec->next - codec->from, frames - made, (char *)out + made * frame_bytes);
        made += got;
    }
    codec->next += made;
    return made;
}

/* Whether the decoder may go on to the frame. */
static bool may_go_on(const struct ogg_codec *codec, int index, int64_t frame)
{
    if (!codec->decoder || codec->current != index || codec->next > frame || codec->next + AHEAD_MAX < frame)
        return false;
    return !codec->opus || codec->next > frame / OPUS_RUN * OPUS_RUN;
}

/* Return: false if the sound of the link ends before the frame. */
static bool go_to(struct ogg_codec *codec, int index, int64_t frame)
{
    if (!may_go_on(codec, index, frame) && !begin_before(codec, index, codec->opus ? frame / OPUS_RUN * OPUS_RUN : frame))
        return false;
    while (codec->next < frame) {
        int64_t left = frame - codec->next;
        if (!decode(codec, left < SKIP_FRAMES ? (uint32_t)left : SKIP_FRAMES, codec->dropped))
            return false;
    }
    return true;
}

static uint32_t ogg_read(struct codec *base, int64_t first, uint32_t frames, void *out)
{
    struct ogg_codec *codec = (struct ogg_codec *)base;
    size_t frame_bytes = work_frame_bytes(codec->facts.sample, codec->facts.channels);
    uint32_t made = 0;
    while (made < frames && first + made < codec->facts.frames) {
        int index = codec->links - 1;
        while (index > 0 && codec->link[index].begin > first + made)
            index--;
        int64_t at = first + made - codec->link[index].begin, left = codec->link[index].frames - at, want = frames - made;
        if (codec->opus && want > OPUS_RUN - at % OPUS_RUN)
            want = OPUS_RUN - at % OPUS_RUN;
        if (want > left)
            want = left;
        uint32_t got = go_to(codec, index, at) ? decode(codec, (uint32_t)want, (char *)out + made * frame_bytes) : 0;
        made += got;
        if (got < want)
            break;
    }
    return made;
}

/* --- opening --- */
/* Return: packets of header, 0 if the page begins neither Vorbis nor Opus. */
static unsigned header_packets(const struct ogg_page *page)
{
    const unsigned char *data = page->data + page->head;
    unsigned bytes = page->bytes - page->head;
    if (!(page->flags & OGG_FIRST))
        return 0;
    return bytes > 7 && !memcmp(data, "\x01vorbis", 7) ? 3 : bytes > 8 && !memcmp(data, "OpusHead", 8) ? 2 : 0;
}

/* The link's last page lies in its last bytes, or the link is walked. */
static bool find_last(struct ogg_codec *codec, struct ogg_link *link, bool *ended)
{
    struct ogg_page page;
    int64_t tail = 2 * (int64_t)OGG_PAGE_MAX,
        from = link->end - tail > link->sound_at ? link->end - tail : link->sound_at, end = 0;
    for (;;) {
        for (int64_t at = from; ogg_page_next(&codec->file, at, link->end, &page); at = page.at + page.bytes) {
            if (page.serial != link->serial || page.granule < 0)
                continue;
            link->last = page.granule;
            *ended = page.flags & OGG_LAST;
            end = page.at + page.bytes;
        }
        if (end || from == link->sound_at)
            break;
        from = link->sound_at;
    }
    link->end = end;
    return end;
}

/* Return: whether the link that begins with this page can be decoded. *ended: it was closed by its encoder. */
static bool open_link(struct ogg_codec *codec, struct ogg_link *link, const struct ogg_page *first, int64_t end, bool *ended)
{
    struct sndfile_piece piece[SNDFILE_PIECES] = {{0}};
    struct ogg_page page = *first;
    struct work_opened facts;
    unsigned packets = header_packets(first), seen = 0;
    *link = (struct ogg_link){.at = first->at, .end = end, .serial = first->serial};
    for (int64_t at = first->at; packets && seen < packets && ogg_page_next(&codec->file, at, end, &page);
         at = page.at + page.bytes)
        seen += page.serial == link->serial ? page.packets : 0;
    link->sound_at = page.at + page.bytes;
    if (!packets || seen < packets || !find_last(codec, link, ended))
        return false;
    show_whole(link, piece);
    codec_close(codec->decoder);
    codec->decoder = sndfile_codec_open_pieces(codec->fd, piece, &facts);
    if (!codec->decoder || (codec->links && (facts.rate != codec->facts.rate || facts.channels != codec->facts.channels)))
        return false;
    codec->current = codec->links;
    codec->from = codec->next = 0;
    link->frames = facts.frames;
    link->begin = codec->links ? codec->facts.frames : 0;
    facts.frames += link->begin;
    codec->facts = facts;
    return true;
}

/* Where the next stream begins behind this page of sound, the end of the file if there is none. */
static int64_t next_first(struct ogg_codec *codec, int64_t at, struct ogg_page *page)
{
    for (; ogg_page_next(&codec->file, at, codec->file.size, page); at = page->at + page->bytes)
        if (header_packets(page))
            return page->at;
    return codec->file.size;
}

/* The file ends with another stream's page than it begins with: several follow each other. */
static bool is_chained(struct ogg_codec *codec, uint32_t serial)
{
    struct ogg_page page;
    int64_t tail = 2 * (int64_t)OGG_PAGE_MAX, at = codec->file.size > tail ? codec->file.size - tail : 0;
    bool other = false;
    for (; ogg_page_next(&codec->file, at, codec->file.size, &page); at = page.at + page.bytes)
        other = page.serial != serial;
    return other;
}

/* Where the link behind this one begins, and its first page; the end of the file if there is none. */
static int64_t find_next(struct ogg_codec *codec, const struct ogg_page *first, bool chained, struct ogg_page *next)
{
    const struct seek_table *table = codec->table;
    int64_t size = codec->file.size, behind = first->at + first->bytes;
    if (!table)
        return chained ? next_first(codec, behind, next) : size;
    int64_t at = (uint32_t)codec->links + 1 < table->parts ? table->point[codec->links + 1].at : size;
    return at < size && at >= behind && ogg_page_next(&codec->file, at, at + 1, next) ? at : size;
}

/* Return: whether all of the file's streams are played. */
static bool open_links(struct ogg_codec *codec, struct ogg_page first, bool *ended)
{
    bool chained = !codec->table && is_chained(codec, first.serial);
    while (codec->links < LINKS_MAX && ogg_page_next(&codec->file, first.at, codec->file.size, &first)) {
        struct ogg_page next;
        int64_t end = find_next(codec, &first, chained, &next);
        codec->link = xrealloc_array(codec->link, (size_t)codec->links + 1, sizeof *codec->link);
        ogg_page_next(&codec->file, first.at, codec->file.size, &first);    /* its data again */
        if (!open_link(codec, &codec->link[codec->links], &first, end, ended))
            return false;
        codec->links++;
        if (end == codec->file.size)
            return true;
        first = next;
    }
    return false;
}

static void ogg_close(struct codec *base)
{
    struct ogg_codec *codec = (struct ogg_codec *)base;
    codec_close(codec->decoder);
    free(codec->dropped);
    free(codec->table);
    free(codec->link);
    free(codec);
}

static enum codec_answer ogg_open(int fd, const struct seek_table *table, struct work_opened *facts, struct codec **opened)
{
    struct stat st;
    struct ogg_page first;
    bool ended = true;
    if (container_of(fd) != CONTAINER_OGG || fstat(fd, &st) < 0)
        return CODEC_FOREIGN;
    struct ogg_codec *codec = xcalloc(1, sizeof *codec);
    codec->fd = codec->file.fd = fd;
    codec->file.size = (int64_t)st.st_size;
    if (!ogg_page_next(&codec->file, 0, 1, &first) || !header_packets(&first)) {
        ogg_close(&codec->codec);
        return CODEC_FOREIGN;
    }
    codec->opus = header_packets(&first) == 2;
    if (table && table->kind == SEEK_OGG && table->parts) {
        codec->table = xmalloc(sizeof *codec->table);
        memcpy(codec->table, table, seek_table_bytes(table));
    }
    codec->whole = open_links(codec, first, &ended);
    *facts = codec->facts;
    if (!codec->links) {
        ogg_close(&codec->codec);
        return CODEC_FOREIGN;       /* libsndfile says what is wrong with it */
    }
    if (!codec->whole)
        snprintf(facts->text, sizeof facts->text, "only its first %d streams are played: the next one is of another kind",
                 codec->links);
    else if (!ended)
        text_copy(facts->text, sizeof facts->text, "cut short: its end is missing");
    codec->dropped = xcalloc(SKIP_FRAMES, work_frame_bytes(facts->sample, facts->channels));
    *opened = &codec->codec;
    return CODEC_OPENED;
}

static void offer_pages(struct ogg_codec *codec, const struct ogg_link *link, struct seek_maker *maker)
{
    struct ogg_page page;
    for (int64_t at = link->sound_at; ogg_page_next(&codec->file, at, link->end, &page); at = page.at + page.bytes)
        if (page.serial == link->serial && page.granule >= 0)
            seek_maker_add(maker, frame_of(link, page.granule), page.at);
}

static bool ogg_tabulate(struct codec *base, struct seek_table *table)
{
    struct ogg_codec *codec = (struct ogg_codec *)base;
    struct seek_maker maker;
    if (!codec->whole)
        return false;
    seek_maker_begin(&maker, table, SEEK_OGG, codec->file.size);
    for (int i = 0; i < codec->links; i++)
        seek_maker_part(&maker, codec->link[i].begin, codec->link[i].at);
    for (int i = 0; i < codec->links; i++)
        offer_pages(codec, &codec->link[i], &maker);
    seek_maker_end(&maker, codec->facts.frames, 0);
    return true;
}

const struct codec_kind ogg_codec = {.open = ogg_open, .read = ogg_read, .close = ogg_close, .tabulate = ogg_tabulate};
