// A crowd in one room: N WebSockets on one epoll thread.
//
//   load --port P [--host H] [--path /…] [--sockets N] [--seconds S] [--warm S] [--rate R]
//        [--commerce-every K] [--pids a,b] [--cookies FILE] [--origin URL] [--in-flight C]
//
// It asks for messages on stdout, one line each: "publish c" (commerce) or "publish h" (chat), and
// whoever drives it publishes a JSON event holding "cus":<µs> or "hus":<µs>, the time of
// CLOCK_MONOTONIC. Every such mark in every frame of every socket is one delivery with its delay.
// Without --rate the next message is asked for when the last has reached everyone; then all are
// commerce. With it, R chat lines a second and every K-th a commerce event.
// The last line of its output is JSON. CPU is that of the processes in --pids, over the window.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SOCKETS_PER_ADDRESS = 100, EVENTS = 1024, READ_BYTES = 1 << 18 };
enum { CONNECT_SECONDS = 240, STUCK_US = 5000000, SETTLE_US = 1500000 };

typedef enum { CONNECTING, SHAKING, OPEN, DEAD } State;

typedef struct {
  int fd;
  State state;
  uint8_t *rest;  // an unfinished handshake or frame
  size_t rest_len, rest_cap;
  uint64_t commerce, chat;
} Socket;

static const char *host = "127.0.0.1", *path = "/", *pids = "", *origin = "";
static int port, wanted = 100, in_flight = 32, commerce_every = 20;
static double seconds = 5, warm = 1, rate;
static char **cookies;
static size_t cookie_count;

static Socket *sockets;
static int poller, open_count, dead_count;
static uint64_t commerce_asked, chat_asked, commerce_seen, chat_seen, frames;
static bool measuring;
static uint64_t window_deliveries, window_frames;

// --- Time, CPU, memory ------------------------------------------------------------------------
static uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

// Seconds on a CPU of all threads of a process, to the nanosecond.
static double cpu_of(const char *pid) {
  char name[300];
  snprintf(name, sizeof name, "/proc/%s/task", pid);
  DIR *tasks = opendir(name);
  double total = 0;
  for (struct dirent *task; tasks && (task = readdir(tasks));) {
    if (*task->d_name == '.') continue;
    snprintf(name, sizeof name, "/proc/%s/task/%s/schedstat", pid, task->d_name);
    FILE *file = fopen(name, "r");
    uint64_t ns = 0;
    if (file && fscanf(file, "%" SCNu64, &ns) == 1) total += (double)ns / 1e9;
    if (file) fclose(file);
  }
  if (tasks) closedir(tasks);
  return total;
}

static double resident_kb_of(const char *pid) {
  char name[64], line[256];
  long kb = 0;
  snprintf(name, sizeof name, "/proc/%s/status", pid);
  FILE *file = fopen(name, "r");
  while (file && fgets(line, sizeof line, file)) sscanf(line, "VmRSS: %ld", &kb);
  if (file) fclose(file);
  return (double)kb;
}

static double of_all(double (*measure)(const char *)) {
  char copy[512], *save;
  snprintf(copy, sizeof copy, "%s", pids);
  double total = 0;
  for (char *pid = strtok_r(copy, ",", &save); pid; pid = strtok_r(NULL, ",", &save))
    total += measure(pid);
  return total;
}

static double own_cpu(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

// --- Delays: a log-linear histogram, 1/64 exact -------------------------------------------------
enum { STEPS = 64, SLOTS = 40 * STEPS };
static uint64_t delays[SLOTS], delay_count;

static void note_delay(uint64_t us) {
  int slot = (int)us;
  if (us >= STEPS) {
    int shift = 63 - __builtin_clzll(us) - 6;
    slot = (shift + 1) * STEPS + (int)((us >> shift) & (STEPS - 1));
  }
  delays[slot < SLOTS ? slot : SLOTS - 1]++;
  delay_count++;
}

static double delay_ms(double share) {
  uint64_t rank = (uint64_t)((double)delay_count * share), sum = 0;
  for (int slot = 0; slot < SLOTS; slot++) {
    sum += delays[slot];
    if (sum > rank) {
      int shift = slot / STEPS - 1;
      double us = slot < STEPS ? slot : (double)((uint64_t)(STEPS + slot % STEPS) << shift);
      return us / 1000;
    }
  }
  return 0;
}

// --- Sockets ----------------------------------------------------------------------------------
static void drop(Socket *s) {
  if (s->state == DEAD) return;
  if (s->state == OPEN) open_count--;
  s->state = DEAD;
  dead_count++;
  close(s->fd);
}

static void keep_rest(Socket *s, const uint8_t *data, size_t len) {
  if (s->rest_cap < s->rest_len + len) {
    s->rest_cap = (s->rest_len + len) * 2;
    s->rest = realloc(s->rest, s->rest_cap);
  }
  memcpy(s->rest + s->rest_len, data, len);
  s->rest_len += len;
}

static void connect_one(int i) {
  Socket *s = &sockets[i];
  s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (s->fd < 0) { perror("socket"); exit(1); }
  int on = 1;
  setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(s->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  // Many addresses, as a crowd has.
  int from = 1 + i / SOCKETS_PER_ADDRESS;
  struct sockaddr_in mine = {.sin_family = AF_INET};
  mine.sin_addr.s_addr = htonl(0x7f010000u + (uint32_t)(from / 200 << 8) + (uint32_t)(from % 200 + 1));
  bind(s->fd, (struct sockaddr *)&mine, sizeof mine);
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  inet_pton(AF_INET, host, &peer.sin_addr);
  s->state = CONNECTING;
  if (connect(s->fd, (struct sockaddr *)&peer, sizeof peer) < 0 && errno != EINPROGRESS) {
    perror("connect");
    drop(s);
    return;
  }
  struct epoll_event want = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.u32 = (uint32_t)i};
  epoll_ctl(poller, EPOLL_CTL_ADD, s->fd, &want);
}

static void shake_hands(Socket *s) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error) {
    fprintf(stderr, "connect: %s\n", strerror(error));
    drop(s);
    return;
  }
  const char *cookie = cookie_count ? cookies[(size_t)(s - sockets) % cookie_count] : "";
  char text[2048];
  int len = snprintf(text, sizeof text,
                     "GET %s HTTP/1.1\r\nHost: %s:%d\r\n%s%s%sUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "Sec-WebSocket-Version: 13\r\n%s%s%s\r\n",
                     path, host, port, *origin ? "Origin: " : "", origin, *origin ? "\r\n" : "",
                     *cookie ? "Cookie: " : "", cookie, *cookie ? "\r\n" : "");
  s->state = SHAKING;
  if (send(s->fd, text, (size_t)len, MSG_NOSIGNAL) != len) drop(s);
}

static void answer_ping(Socket *s, const uint8_t *data, size_t len) {
  uint8_t frame[6 + 125] = {0x8a, (uint8_t)(0x80 | len)};  // masked with zeros
  if (len > 125) return;
  memcpy(frame + 6, data, len);
  send(s->fd, frame, 6 + len, MSG_NOSIGNAL);
}

static void take_text(Socket *s, const uint8_t *data, size_t len) {
  const uint8_t *end = data + len;
  uint64_t now = now_us();
  frames++;
  if (measuring) window_frames++;
  for (const uint8_t *at = data; (at = memmem(at, (size_t)(end - at), "us\":", 4)); at += 4) {
    uint64_t then = 0;
    const uint8_t *digit = at + 4;
    while (digit < end && *digit == ' ') digit++;
    for (; digit < end && *digit >= '0' && *digit <= '9'; digit++)
      then = then * 10 + (uint64_t)(*digit - '0');
    if (at[-1] == 'c') { s->commerce++; commerce_seen++; }
    else if (at[-1] == 'h') { s->chat++; chat_seen++; }
    else continue;
    if (measuring) {
      window_deliveries++;
      note_delay(now > then ? now - then : 0);
    }
  }
}

// Takes whole frames; returns how many bytes it used.
static size_t take_frames(Socket *s, const uint8_t *data, size_t len) {
  size_t used = 0;
  while (len - used >= 2 && s->state == OPEN) {
    const uint8_t *frame = data + used;
    size_t head = 2, size = frame[1] & 127, left = len - used;
    if (size == 126) {
      head = 4;
      if (left < head) break;
      size = (size_t)frame[2] << 8 | frame[3];
    } else if (size == 127) {
      head = 10;
      if (left < head) break;
      size = 0;
      for (int i = 2; i < 10; i++) size = size << 8 | frame[i];
    }
    if (left < head + size) break;
    int kind = frame[0] & 15;
    if (kind == 1) take_text(s, frame + head, size);
    else if (kind == 9) answer_ping(s, frame + head, size);
    else if (kind == 8) drop(s);
    used += head + size;
  }
  return used;
}

static void take(Socket *s, const uint8_t *data, size_t len) {
  if (s->rest_len || s->state == SHAKING) {
    keep_rest(s, data, len);
    data = s->rest;
    len = s->rest_len;
  }
  size_t used = 0;
  if (s->state == SHAKING) {
    const uint8_t *end = memmem(data, len, "\r\n\r\n", 4);
    if (!end) return;
    if (memcmp(data, "HTTP/1.1 101", 12)) {
      static int told;
      if (!told++) fprintf(stderr, "refused: %.*s\n", (int)(len < 300 ? len : 300), data);
      drop(s);
      return;
    }
    used = (size_t)(end + 4 - data);
    s->state = OPEN;
    open_count++;
  }
  used += take_frames(s, data + used, len - used);
  if (s->rest_len) {
    memmove(s->rest, s->rest + used, len - used);
    s->rest_len = len - used;
  } else if (used < len) {
    keep_rest(s, data + used, len - used);
  }
  if (!s->rest_len && s->rest) {
    free(s->rest);
    s->rest = NULL;
    s->rest_cap = 0;
  }
}

static void read_all(Socket *s) {
  static uint8_t data[READ_BYTES];
  for (;;) {
    ssize_t len = recv(s->fd, data, sizeof data, 0);
    if (len <= 0) {
      if (len == 0 || errno != EAGAIN) drop(s);
      return;
    }
    take(s, data, (size_t)len);
    if (s->state == DEAD || len < READ_BYTES) return;
  }
}

static void turn(int timeout_ms) {
  static struct epoll_event ready[EVENTS];
  int count = epoll_wait(poller, ready, EVENTS, timeout_ms);
  for (int i = 0; i < count; i++) {
    Socket *s = &sockets[ready[i].data.u32];
    if (s->state == CONNECTING && ready[i].events & EPOLLOUT) shake_hands(s);
    if (s->state != DEAD && ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_all(s);
  }
}

static void turn_for(uint64_t us) {
  for (uint64_t end = now_us() + us; now_us() < end;) turn(20);
}

// --- The run ----------------------------------------------------------------------------------
static void ask(bool commerce) {
  if (commerce) commerce_asked++;
  else chat_asked++;
  puts(commerce ? "publish c" : "publish h");
  fflush(stdout);
}

static void connect_all(void) {
  int started = 0;
  uint64_t end = now_us() + CONNECT_SECONDS * 1000000ull;
  while (open_count + dead_count < wanted && now_us() < end) {
    while (started < wanted && started - open_count - dead_count < in_flight) connect_one(started++);
    turn(50);
  }
}

// One message after the other, each when the last has reached everyone.
static void ask_in_turn(uint64_t now) {
  static uint64_t asked_at;
  if (commerce_seen < commerce_asked * (uint64_t)open_count && now - asked_at < STUCK_US) return;
  ask(true);
  asked_at = now;
}

static void ask_at_rate(uint64_t now) {
  static double due;
  static uint64_t count;
  if (!due) due = (double)now;
  for (; due <= (double)now; due += 1e6 / rate) ask(++count % (uint64_t)commerce_every == 0);
}

// What is on its way is not lost: wait while anything still comes.
static void wait_for_stragglers(void) {
  uint64_t seen = commerce_seen, since = now_us();
  while (commerce_seen < commerce_asked * (uint64_t)open_count && now_us() - since < STUCK_US) {
    turn(20);
    if (commerce_seen != seen) {
      seen = commerce_seen;
      since = now_us();
    }
  }
}

static void read_cookies(const char *name) {
  FILE *file = fopen(name, "r");
  char line[1024];
  while (file && fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = 0;
    cookies = realloc(cookies, (cookie_count + 1) * sizeof *cookies);
    cookies[cookie_count++] = strdup(line);
  }
  if (file) fclose(file);
}

static void read_options(int count, char **values) {
  static const struct option known[] = {
      {"host", 1, 0, 'h'},    {"port", 1, 0, 'p'},    {"path", 1, 0, 'P'},
      {"sockets", 1, 0, 'n'}, {"seconds", 1, 0, 's'}, {"warm", 1, 0, 'w'},
      {"rate", 1, 0, 'r'},    {"pids", 1, 0, 'i'},    {"cookies", 1, 0, 'c'},
      {"origin", 1, 0, 'o'},  {"in-flight", 1, 0, 'f'}, {"commerce-every", 1, 0, 'e'}, {0}};
  for (int option; (option = getopt_long(count, values, "", known, 0)) != -1;) switch (option) {
      case 'h': host = optarg; break;
      case 'p': port = atoi(optarg); break;
      case 'P': path = optarg; break;
      case 'n': wanted = atoi(optarg); break;
      case 's': seconds = atof(optarg); break;
      case 'w': warm = atof(optarg); break;
      case 'r': rate = atof(optarg); break;
      case 'i': pids = optarg; break;
      case 'c': read_cookies(optarg); break;
      case 'o': origin = optarg; break;
      case 'f': in_flight = atoi(optarg); break;
      case 'e': commerce_every = atoi(optarg); break;
      default: exit(2);
    }
}

int main(int count, char **values) {
  read_options(count, values);
  poller = epoll_create1(0);
  sockets = calloc((size_t)wanted, sizeof *sockets);
  double kb_before = of_all(resident_kb_of);
  double cpu = of_all(cpu_of), mine = 0;
  uint64_t began = now_us();
  connect_all();
  double connect_ms_each = (of_all(cpu_of) - cpu) * 1000 / (open_count ? open_count : 1);
  double connect_seconds = (double)(now_us() - began) / 1e6;
  if (!open_count) { puts("{\"error\":\"no connection\"}"); return 1; }
  turn_for(SETTLE_US);
  double kb_each = (of_all(resident_kb_of) - kb_before) / open_count;

  uint64_t start = now_us() + (uint64_t)(warm * 1e6), end = start + (uint64_t)(seconds * 1e6), now;
  while ((now = now_us()) < end) {
    if (!measuring && now >= start) {
      measuring = true;
      cpu = of_all(cpu_of);
      mine = own_cpu();
      start = now;
    }
    if (rate) ask_at_rate(now);
    else ask_in_turn(now);
    turn(1);
  }
  measuring = false;
  double window = (double)(now_us() - start) / 1e6;
  cpu = of_all(cpu_of) - cpu;
  mine = own_cpu() - mine;
  wait_for_stragglers();

  uint64_t lost = 0;
  for (int i = 0; i < wanted; i++)
    if (sockets[i].state == OPEN && sockets[i].commerce < commerce_asked)
      lost += commerce_asked - sockets[i].commerce;
  printf("{\"sockets\":%d,\"closed\":%d,\"connect_s\":%.2f,\"connect_cpu_ms\":%.2f,\"deliveries_per_s\":%.0f,"
         "\"frames_per_s\":%.0f,\"deliveries_per_cpu_s\":%.0f,\"cores\":%.3f,\"load_cores\":%.3f,"
         "\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"kb_per_socket\":%.1f,\"commerce_lost\":%" PRIu64 "}\n",
         open_count, dead_count, connect_seconds, connect_ms_each, (double)window_deliveries / window,
         (double)window_frames / window, cpu > 0 ? (double)window_deliveries / cpu : 0, cpu / window,
         mine / window, delay_ms(.5), delay_ms(.99), kb_each, lost);
  return 0;
}
