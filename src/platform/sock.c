/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control socket and its lock: see sock.h. */
#include "config.h"

#include "platform/paths.h"
#include "platform/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 128 };

static int close_keeping_errno(int fd)
{
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

/* --- the lock --- */
static int busy(int fd, const char *path, struct err *err)
{
    char pid[24] = "";
    ssize_t count = pread(fd, pid, sizeof pid - 1, 0);
    close(fd);
    if (count > 0 && atol(pid) > 0)
        return err_set(err, ERR_BUSY, "%s: a show runs here already (process %ld)", path, atol(pid));
    return err_set(err, ERR_BUSY, "%s: a show runs here already", path);
}

int sock_lock(const char *path, struct err *err)
{
    char lock[PATH_MAX];
    if ((size_t)snprintf(lock, sizeof lock, "%s.lock", path) >= sizeof lock)
        return err_set(err, ERR_RANGE, "%.60s...: a path longer than %zu bytes", path, sizeof lock - 6);
    int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0)
        return err_set(err, ERR_IO, "%s: cannot be opened: %s", lock, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno == EWOULDBLOCK)
            return busy(fd, path, err);
        err_set(err, ERR_IO, "%s: cannot be locked: %s", lock, strerror(errno));
        return close_keeping_errno(fd);
    }
    sock_sign_lock(fd);
    return fd;
}

void sock_sign_lock(int lock)
{
    char pid[24];
    int length = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(lock, 0) < 0 || pwrite(lock, pid, (size_t)length, 0) < 0)
        errno = 0;                      /* the number only makes the error better; the lock is what counts */
}

void sock_unlock(int lock)
{
    flock(lock, LOCK_UN);       /* also for a child that was forked and has not become its role yet */
    close(lock);
}

/* --- addresses --- */
/* Fills the address of path. A long one goes through a descriptor of its folder, which is returned and to be closed after use.
 * Return: that descriptor, -1 if none was needed, or -2 with errno. */
static int fill_address(const char *path, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) < sizeof address->sun_path) {
        memcpy(address->sun_path, path, strlen(path) + 1);
        return -1;
    }
    char folder[PATH_MAX];
    if (paths_folder(path, folder, sizeof folder, NULL) < 0) {
        errno = ENAMETOOLONG;
        return -2;
    }
    int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -2;
    const char *slash = strrchr(path, '/');
    int length = snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", fd, slash ? slash + 1 : path);
    if ((size_t)length < sizeof address->sun_path)
        return fd;
    errno = ENAMETOOLONG;
    close_keeping_errno(fd);
    return -2;
}

typedef int call_on_address(int, const struct sockaddr *, socklen_t);

static int call_at(call_on_address *call, int fd, const char *path)
{
    struct sockaddr_un address;
    int folder = fill_address(path, &address);
    if (folder == -2)
        return -1;
    int result = call(fd, (const struct sockaddr *)&address, sizeof address);
    if (folder >= 0) {
        int saved = errno;
        close(folder);
        errno = saved;
    }
    return result;
}

/* --- the show's side --- */
static int remove_stale(const char *path, struct err *err)
{
    struct stat st;
    if (lstat(path, &st) < 0)
        return errno == ENOENT ? 0 : err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    if (!S_ISSOCK(st.st_mode))
        return err_set(err, ERR_IO, "%s: is there and is not a socket; choose another place with --socket", path);
    if (unlink(path) < 0)
        return err_set(err, ERR_IO, "%s: the old socket cannot be removed: %s", path, strerror(errno));
    return 0;
}

static int open_to_group(const char *path, const char *name, struct err *err)
{
    const struct group *group = getgrnam(name);
    if (!group)
        return err_set(err, ERR_UNKNOWN, "socket_group: there is no group \"%s\"", name);
    if (chown(path, (uid_t)-1, group->gr_gid) < 0 || chmod(path, 0660) < 0)
        return err_set(err, ERR_IO, "%s: cannot be given to group %s: %s", path, name, strerror(errno));
    return 0;
}

int sock_listen(const char *path, const char *group, struct err *err)
{
    if (remove_stale(path, err) < 0)
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_set(err, ERR_IO, "no socket: %s", strerror(errno));
    /* The mode set before bind is the mode the socket is born with: it is never open to others, not for an instant. */
    if (fchmod(fd, 0600) < 0 || call_at(bind, fd, path) < 0 || listen(fd, BACKLOG) < 0) {
        err_set(err, ERR_IO, "%s: no socket can be made: %s", path, strerror(errno));
        return close_keeping_errno(fd);
    }
    if (*group && open_to_group(path, group, err) < 0) {
        unlink(path);
        return close_keeping_errno(fd);
    }
    return fd;
}

bool sock_peer(int socket, pid_t *pid, uid_t *uid)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        return false;
    *pid = peer.pid;
    *uid = peer.uid;
    return true;
}

int sock_send_fd(int socket, const char *line, int fd)
{
    size_t length = strlen(line);
    bool ended = length && line[length - 1] == '\n';
    struct iovec parts[2] = {{(void *)(uintptr_t)line, length}, {(char[]){"\n"}, ended ? 0 : 1}};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    if (fd >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(head), &fd, sizeof fd);
    }
    ssize_t sent;
    do
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent == (ssize_t)(parts[0].iov_len + parts[1].iov_len))
        return 0;
    if (sent >= 0)
        errno = EAGAIN;
    return -1;
}

/* --- the client's side --- */
int sock_connect(const char *path)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    return call_at(connect, fd, path) < 0 ? close_keeping_errno(fd) : fd;
}

/* Keeps the first descriptor, closes what else a peer may have sent. */
static void take_fds(const struct cmsghdr *head, int *fd)
{
    size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
        int got;
        memcpy(&got, CMSG_DATA(head) + i * sizeof got, sizeof got);
        if (*fd < 0)
            *fd = got;
        else
            close(got);
    }
}

ssize_t sock_recv_fd(int socket, char *buffer, size_t size, int *fd)
{
    union {
        char bytes[CMSG_SPACE(4 * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {buffer, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    *fd = -1;
    ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (count < 0)
        return -1;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head))
        if (head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
            take_fds(head, fd);
    return count;
}
