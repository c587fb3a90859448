// A Verilated board with its serial line on a TCP socket: the clock ticks here, and nowhere else.
//
//   link_bridge FOLDER DIVIDE QUIET [--log FILE] [+PLUSARG]...
//
// FOLDER: of the build, whose ROMs are read. DIVIDE: clock cycles a bit. QUIET: cycles without a byte either way after which
// the clock stands still until one comes. Prints "port N", takes one connection after the other, which the device does not
// notice, and ends with its standard input, of which each byte presses the board's button for a moment. Bytes go over the
// line's pin bit by bit; those for which nobody listens are lost.
// FILE gets 16 bytes for each byte on the line: u64 cycle at the end of its stop bit, u8 direction (0 to the device, 1 from
// it), u8 value, 6 zeros.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "Vboard.h"

namespace {

constexpr uint64_t GLANCE = 2048;  // cycles between two looks at the socket
constexpr int RESET = 16;          // cycles

struct Socket {
    int listener = -1, peer = -1;
    std::string in, out;
    size_t at = 0;  // the next byte of `in`

    bool listen() {
        listener = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto *where = reinterpret_cast<sockaddr *>(&address);
        if (bind(listener, where, size) || ::listen(listener, 1) || getsockname(listener, where, &size)) return false;
        fcntl(listener, F_SETFL, O_NONBLOCK);
        std::printf("port %d\n", ntohs(address.sin_port));
        return std::fflush(stdout) == 0;
    }

    void hang_up() {
        close(peer);
        peer = -1;
        in.clear();
        out.clear();
        at = 0;
    }

    void take_call() {
        if ((peer = accept(listener, nullptr, nullptr)) < 0) return;
        const int on = 1;
        setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        fcntl(peer, F_SETFL, O_NONBLOCK);
    }

    // What came is read when all of what came before went to the device: so the host's own buffers fill, as on a port.
    void receive() {
        if (peer < 0) take_call();
        if (peer < 0 || at < in.size()) return;
        std::array<char, 4096> bytes;
        const ssize_t count = recv(peer, bytes.data(), bytes.size(), 0);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return hang_up();
        in.assign(bytes.data(), count > 0 ? count : 0);
        at = 0;
    }

    void flush() {
        if (peer < 0) out.clear();
        if (out.empty()) return;
        const ssize_t count = send(peer, out.data(), out.size(), MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN && errno != EINTR) return hang_up();
        if (count > 0) out.erase(0, count);
    }
};

struct Log {
    FILE *file = nullptr;

    void write(uint64_t cycle, uint8_t direction, uint8_t value) {
        if (file == nullptr) return;
        unsigned char record[16] = {};
        std::memcpy(record, &cycle, 8);
        record[8] = direction;
        record[9] = value;
        std::fwrite(record, 1, sizeof record, file);
    }
};

enum Wish { GO_ON, PRESS, END };

Wish wish() {  // of who writes to the standard input
    char byte;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (poll(&input, 1, 0) <= 0) return GO_ON;
    return read(STDIN_FILENO, &byte, 1) > 0 ? PRESS : END;
}

void wait(const Socket &socket) {
    const short wanted = socket.out.empty() ? POLLIN : POLLIN | POLLOUT;  // what the host did not yet take, too
    pollfd any[] = {{STDIN_FILENO, POLLIN, 0}, {socket.peer < 0 ? socket.listener : socket.peer, wanted, 0}};
    poll(any, 2, -1);
}

}  // namespace

int main(int count, char **words) {
    if (count < 4 || chdir(words[1]) != 0) return 2;
    const uint32_t divide = std::strtoul(words[2], nullptr, 10);
    const uint64_t quiet = std::strtoull(words[3], nullptr, 10);
    Log log;
    if (count > 5 && std::strcmp(words[4], "--log") == 0 && (log.file = std::fopen(words[5], "wb")) == nullptr) return 2;
    Socket socket;
    if (!socket.listen()) return 2;

    VerilatedContext context;
    context.commandArgs(count, words);
    context.randReset(2);  // what no reset sets begins with anything
    context.randSeed(1);
    Vboard board(&context);
    board.line_i = 1;
    board.spi_miso_i = 0;
    uint64_t cycle = 0, used = 0;
    while (socket.peer < 0) {  // the board is switched on when somebody listens
        wait(socket);
        if (wish() == END) return 0;
        socket.take_call();
    }
    const auto tick = [&] {
        board.clk_i = 0;
        board.eval();
        board.clk_i = 1;
        board.eval();
        cycle++;
    };
    const auto press = [&] {
        board.rst_ni = 0;
        for (int left = RESET; left > 0; left--) tick();
        board.rst_ni = 1;
    };
    press();

    uint32_t to_left = 0, to_bits = 0;      // cycles left of a byte on its way to the device
    uint32_t from_left = 0, from_bits = 0;  // and from it
    uint8_t sending = 0;
    for (;;) {
        for (uint64_t until = cycle + GLANCE; cycle < until;) {
            if (to_left == 0 && socket.at < socket.in.size()) {
                sending = socket.in[socket.at++];
                to_bits = sending << 1 | 0x200;
                to_left = 10 * divide;
            }
            if (to_left != 0) {
                if (to_left % divide == 0) {
                    board.line_i = to_bits & 1;
                    to_bits >>= 1;
                }
                if (--to_left == 0) log.write(used = cycle + 1, 0, sending);
            }
            tick();
            if (from_left == 0) {
                if (board.line_o == 0) {
                    from_left = 10 * divide - 1;
                    from_bits = 0;
                }
                continue;
            }
            if (from_left % divide == divide / 2) from_bits = from_bits >> 1 | uint32_t(board.line_o) << 9;
            if (--from_left != 0) continue;
            const uint8_t byte = from_bits >> 1;
            log.write(used = cycle, 1, byte);
            socket.out.push_back(static_cast<char>(byte));
            if (byte == 0) socket.flush();
        }
        socket.flush();
        socket.receive();
        const bool idle = to_left == 0 && from_left == 0 && socket.at == socket.in.size();
        if (idle && cycle - used > quiet) {
            if (log.file != nullptr) std::fflush(log.file);
            wait(socket);
            socket.receive();
            used = cycle;
        }
        const Wish now = wish();
        if (now == PRESS) press();
        if (now == END) break;
    }
    board.final();
    if (log.file != nullptr) std::fclose(log.file);
    return 0;
}
