#include "http/worker_lane.hpp"

#include <utility>

namespace postato::http {

WorkerLane::WorkerLane(std::size_t threads, std::size_t capacity,
                       std::function<void(Exchange&&)> run)
    : capacity_(capacity), run_(std::move(run)) {
    threads_.reserve(threads);
    try {
        for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
    } catch (...) {
        stop();  // those that started must not outlive this object
        throw;
    }
}

WorkerLane::~WorkerLane() { stop(); }

bool WorkerLane::tryPush(Exchange&& exchange) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || waiting_.size() >= capacity_) return false;
        waiting_.push_back(std::move(exchange));
    }
    changed_.notify_one();
    return true;
}

void WorkerLane::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        waiting_.clear();
    }
    changed_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

void WorkerLane::work() {
    while (true) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        auto exchange = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        run_(std::move(exchange));
    }
}

}  // namespace postato::http
