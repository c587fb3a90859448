// Test bench of an hls4ml project: every recorded window must give the reference's outputs, or it fails.
// (The one that hls4ml writes prints its outputs and compares nothing.)
//
// tb_data/tb_input_features.dat:      one window a line, integers, frame by frame
// tb_data/tb_output_predictions.dat:  the reference's outputs for it, integers
// The outputs go to tb_data/{csim_results,rtl_cosim_results}.log, where the vendor's scripts expect them.

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "firmware/network.h"

#if __has_include(<mc_scverify.h>) // Catapult
#include <mc_scverify.h>
#else
#define CCS_MAIN int main
#define CCS_RETURN(code) return code
#endif

#ifdef RTL_SIM
static const char *const RESULTS = "tb_data/rtl_cosim_results.log";
#else
static const char *const RESULTS = "tb_data/csim_results.log";
#endif

typedef std::vector<int> Frame;

static bool read_line(std::ifstream &file, Frame &values) {
    std::string line;
    if (!std::getline(file, line)) return false;
    std::istringstream words(line);
    values.clear();
    for (int value; words >> value;) values.push_back(value);
    return true;
}

// One call of the network, by the type of its ports.
template <class Top> struct Call;

// io_parallel: arrays.
template <class X, class Y> struct Call<void(X *, Y *)> {
    static void run(const Frame &window, Frame &found) {
        std::vector<X> x(window.begin(), window.end());
        std::vector<Y> y(found.size());
        network(x.data(), y.data());
        for (size_t i = 0; i < y.size(); i++) found[i] = y[i].to_int();
    }
};

// io_stream: channels, a frame a beat.
template <class Xs, class Ys> struct Call<void(Xs &, Ys &)> {
    typedef decltype(std::declval<Xs &>().read()) X;
    typedef decltype(std::declval<Ys &>().read()) Y;
    static void run(const Frame &window, Frame &found) {
        Xs x;
        Ys y;
        for (size_t i = 0; i < window.size(); i += X::size) {
            X beat;
            for (unsigned c = 0; c < X::size; c++) beat[c] = window[i + c];
            x.write(beat);
        }
        network(x, y);
        for (size_t i = 0; i < found.size(); i += Y::size) {
            Y beat = y.read();
            for (unsigned c = 0; c < Y::size; c++) found[i + c] = beat[c].to_int();
        }
    }
};

CCS_MAIN(int, char *[]) {
    std::ifstream inputs("tb_data/tb_input_features.dat"), references("tb_data/tb_output_predictions.dat");
    std::ofstream results(RESULTS);
    Frame window, expected;
    int windows = 0, mismatches = 0;
    while (read_line(inputs, window) && read_line(references, expected)) {
        Frame found(expected.size());
        Call<decltype(network)>::run(window, found);
        for (size_t i = 0; i < found.size(); i++) {
            results << found[i] << " ";
            if (found[i] == expected[i]) continue;
            if (mismatches++ == 0)
                std::cout << "window " << windows << ", output " << i << ": expected " << expected[i] << ", found "
                          << found[i] << std::endl;
        }
        results << std::endl;
        windows++;
    }
    std::cout << windows << " windows, " << mismatches << " mismatches" << std::endl;
    CCS_RETURN(windows == 0 || mismatches != 0);
}
