/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file that a worker is to have: found and opened, mostly by others (opener.h), and what is known of it from earlier. */
#include "config.h"

#include "media/loader_inside.h"

#include "media/media_file.h"
#include "platform/clock.h"

#include <limits.h>
#include <unistd.h>

enum { RETRY_MS = 250 };            /* until a silent disk is asked again */

/* The file is open: what is known of it from earlier need not be asked. */
static void recall(struct loader *loader, struct hand *hand, struct medium *medium, int fd)
{
    struct work_opened facts;
    char path[PATH_MAX];
    hand->unlearned = medium->state == MEDIUM_WANTED && loader->known.find && fstat(fd, &hand->st) == 0 && medium->folder->path &&
                      media_known_path(medium->folder->path, medium->path, path, sizeof path);
    if (!hand->unlearned || !loader->known.find(loader->known.context, path, &hand->st, &facts) ||
        !work_opened_fits(&facts, medium->bytes))
        return;
    hand->unlearned = false;
    medium->recalled = true;
    medium_take_facts(loader, medium, &facts);
}

/* Sends the file, and its seek table if one is known: it need not be walked then. Return: whether the worker could be told. */
static bool send_open(struct loader *loader, struct hand *hand, const struct medium *medium, int fd)
{
    struct seek_table *table = &loader->table;
    char path[PATH_MAX];
    struct stat st;
    bool known = loader->known.table && medium->folder->path && fstat(fd, &st) == 0 &&
                 media_known_path(medium->folder->path, medium->path, path, sizeof path) &&
                 loader->known.table(loader->known.context, path, &st, table) && table->kind != SEEK_NONE;
    return msg_send(hand->socket, MSG_WORK_OPEN, ++hand->serial, known ? table : NULL, known ? seek_table_bytes(table) : 0,
                    &fd, 1) == 0;
}

void hand_learn(struct loader *loader, struct hand *hand, const struct medium *medium, const struct work_opened *facts)
{
    char path[PATH_MAX];
    if (hand->unlearned && media_known_path(medium->folder->path, medium->path, path, sizeof path))
        loader->known.learned(loader->known.context, path, &hand->st, facts);
    hand->unlearned = false;
}

/* Whether another file has taken its place since it was opened last. One that was written into is the same: it may only have
 * been cut short. The inode alone says nothing where a file system makes new ones up. */
static bool is_another(struct medium *medium, int fd)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return false;
    int64_t mtime_ns = (int64_t)((uint64_t)st.st_mtim.tv_sec * CLOCK_SECOND_NS + (uint64_t)st.st_mtim.tv_nsec);
    bool other = medium->inode != 0 && st.st_ino != medium->inode &&
                 (st.st_size != medium->bytes || mtime_ns != medium->mtime_ns);
    medium->inode = st.st_ino;
    medium->bytes = st.st_size;
    medium->mtime_ns = mtime_ns;
    return other;
}

static void fail_open(struct loader *loader, struct medium *medium, const struct err *err)
{
    medium_fail(loader, medium, err->code == ERR_UNKNOWN ? MEDIA_MISSING : MEDIA_BROKEN, err->text);
}

/* Hands its file to the worker, unless what was wanted is known without. */
static void send_file(struct loader *loader, struct hand *hand, struct medium *medium, int fd)
{
    if (is_another(medium, fd)) {       /* what is still resident does not go with what would come now */
        close(fd);
        medium_fail(loader, medium, MEDIA_BROKEN, "another file has taken its place");
        return;
    }
    bool wanted = medium->state == MEDIUM_WANTED;
    recall(loader, hand, medium, fd);
    if (!medium_known(medium) && medium->state != MEDIUM_WANTED) {
        close(fd);
        return;
    }
    if (wanted && medium->state != MEDIUM_WANTED && !medium->granted && !medium->asked) {
        close(fd);                      /* all that was asked is known */
        return;
    }
    hand_forget_file(hand);
    hand->life.files += !medium->way_known || medium->recalled;
    hand->slot = medium_slot(loader, medium);
    hand->medium_serial = medium->serial;
    hand->state = HAND_OPENING;
    hand->reached = send_open(loader, hand, medium, fd);
    close(fd);
    hand_await(hand, loader->open_ns);
}

/* Its disk is silent: others are served, and it is asked again in a while. */
static void put_off(struct loader *loader, struct medium *medium)
{
    medium->silent_ns = loader->now_ns + RETRY_MS * (CLOCK_SECOND_NS / 1000);
    if (medium->silent_ns < loader->retry_ns)
        loader->retry_ns = medium->silent_ns;
}

void hand_open_file(struct loader *loader, struct hand *hand, struct medium *medium)
{
    struct err err;
    if (loader->opener) {
        hand->find_tag = ++loader->find_tags;
        hand->find_serial = medium->serial;
        if (opener_ask(loader->opener, OPENER_OPEN, hand->find_tag, medium->folder->fd, medium->path) == 0)
            hand->state = HAND_FINDING;
        else
            put_off(loader, medium);
        return;
    }
    int fd = media_file_open(medium->folder->fd, medium->path, &err);
    if (fd < 0)
        fail_open(loader, medium, &err);
    else
        send_file(loader, hand, medium, fd);
}

static struct hand *hand_finding(struct loader *loader, uint64_t tag)
{
    for (int i = 0; i < loader->hands; i++)
        if (loader->hand[i].state == HAND_FINDING && loader->hand[i].find_tag == tag)
            return &loader->hand[i];
    return NULL;
}

void hands_find(struct loader *loader)
{
    struct opener_answer answer;
    while (loader->opener && opener_take(loader->opener, &answer)) {
        struct hand *hand = hand_finding(loader, answer.tag);
        struct medium *medium = hand ? &loader->medium[hand->piece.slot] : NULL;
        if (hand)
            hand->state = HAND_FREE;
        if (!hand || medium->serial != hand->find_serial || medium->state == MEDIUM_NONE || medium->state == MEDIUM_FAILED) {
            if (answer.fd >= 0)
                close(answer.fd);
        } else if (answer.found) {
            send_file(loader, hand, medium, answer.fd);
        } else if (answer.err.code == ERR_BUSY) {
            put_off(loader, medium);
        } else {
            fail_open(loader, medium, &answer.err);
        }
        loader->resting = false;
    }
}
