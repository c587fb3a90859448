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
#include <vector>

#include "firmware/network.h"

#ifdef RTL_SIM
static const char *const RESULTS = "tb_data/rtl_cosim_results.log";
#else
static const char *const RESULTS = "tb_data/csim_results.log";
#endif

template <class T> static bool read_line(std::ifstream &file, std::vector<T> &values) {
    std::string line;
    if (!std::getline(file, line)) return false;
    std::istringstream words(line);
    values.clear();
    for (int value; words >> value;) values.push_back(T(value));
    return true;
}

int main() {
    std::ifstream inputs("tb_data/tb_input_features.dat"), references("tb_data/tb_output_predictions.dat");
    std::ofstream results(RESULTS);
    std::vector<input_t> window;
    std::vector<result_t> expected;
    int windows = 0, mismatches = 0;
    while (read_line(inputs, window) && read_line(references, expected)) {
        std::vector<result_t> found(expected.size());
        network(window.data(), found.data());
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
    return windows == 0 || mismatches != 0;
}
