/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two questions to a worker: see probe.h. */
#include "config.h"

#include "media/probe.h"

#include "media/media_file.h"
#include "base/text.h"
#include "platform/clock.h"
#include "wire/work.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PROBE_SERIAL = 1 };

/* Return: whether the socket has something to read before the deadline. */
static bool wait_answer(int socket)
{
    uint64_t due = clock_now_rt() + WORK_OPEN_DEADLINE_MS * (CLOCK_SECOND_NS / 1000), now;
    struct pollfd fd = {.fd = socket, .events = POLLIN};
    int got = 0;
    while ((now = clock_now_rt()) < due && (got = poll(&fd, 1, (int)((due - now) / (CLOCK_SECOND_NS / 1000)) + 1)) < 0)
        if (errno != EINTR)
            break;
    return got > 0;
}

/* One request, with the file if fd is not -1, and its answer, which the caller clears. Return: 0, or -1 with err, a reason
 * without the name. */
static int ask_worker(int socket, enum msg_type type, int fd, struct msg *answer, struct err *err)
{
    if (msg_send(socket, type, PROBE_SERIAL, NULL, 0, &fd, fd >= 0) < 0)
        return err_set(err, ERR_IO, "its decoder died");
    if (!wait_answer(socket))
        return err_set(err, ERR_IO, "its decoder did not answer in time");
    int got = msg_recv(socket, answer);
    if (got > 0 && answer->serial == PROBE_SERIAL)
        return 0;
    if (got > 0)
        msg_clear(answer);
    return err_set(err, ERR_IO, got == 0 ? "its decoder died" : "its decoder answered nonsense");
}

/* Opens, asks for facts and, if they are wanted, for tags. Return: as above. */
static int ask_all(int socket, int fd, struct work_opened *facts, struct media_tags *tags, struct err *err)
{
    struct msg msg;
    if (ask_worker(socket, MSG_WORK_OPEN, fd, &msg, err) < 0)
        return -1;
    bool sound = work_parse_opened(facts, &msg);
    msg_clear(&msg);
    if (sound && tags && facts->status == WORK_OK) {
        if (ask_worker(socket, MSG_WORK_TAGS, -1, &msg, err) < 0)
            return -1;
        sound = work_parse_tags(tags, &msg);
        msg_clear(&msg);
    }
    if (!sound)
        return err_set(err, ERR_IO, "its decoder answered nonsense");
    return msg_send(socket, MSG_WORK_CLOSE, PROBE_SERIAL, NULL, 0, NULL, 0) < 0 ? err_set(err, ERR_IO, "its decoder died") : 0;
}

int probe_file(int worker_socket, const char *path, struct probe_info *info, struct err *err)
{
    return probe_tags(worker_socket, path, info, NULL, err);
}

int probe_tags(int worker_socket, const char *path, struct probe_info *info, struct media_tags *tags, struct err *err)
{
    struct work_opened facts = {0};
    info->lacks = 0;
    info->elsewhere = false;
    int fd = media_file_open(AT_FDCWD, path, err);
    if (fd < 0)
        return err_prefix(err, "%s", path);
    struct stat st = {0};
    fstat(fd, &st);
    int asked = ask_all(worker_socket, fd, &facts, tags, err);
    close(fd);
    if (asked < 0)
        return err_prefix(err, "%s", path);
    info->lacks = facts.lacks;
    info->elsewhere = facts.status == WORK_ELSEWHERE;
    if (facts.status != WORK_OK)
        return err_set(err, ERR_IO, "%s: %s", path, facts.text);
    if (!work_opened_fits(&facts, (int64_t)st.st_size))
        return err_set(err, ERR_IO, "%s: %s", path, WORK_TOO_LONG);
    *info = (struct probe_info){.lacks = facts.lacks, .rate = facts.rate, .channels = facts.channels, .frames = facts.frames,
                               .s16 = facts.sample == WORK_S16};
    text_copy(info->format, sizeof info->format, facts.format);
    text_copy(info->sample, sizeof info->sample, facts.encoding);
    text_copy(info->warning, sizeof info->warning, facts.text);
    return 0;
}
