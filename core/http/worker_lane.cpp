#include "http/worker_lane.hpp"

#include <algorithm>
#include <utility>

namespace postato::http {

WorkerLane::WorkerLane(LaneSize size, std::function<void(Exchange&&)> run)
    : size_(size),
      waiting_per_group_(std::max<std::size_t>(1, size.capacity * size.per_group / size.threads)),
      run_(std::move(run)) {
    threads_.reserve(size_.threads);
    try {
        for (std::size_t i = 0; i < size_.threads; ++i) threads_.emplace_back([this] { work(); });
    } catch (...) {
        stop();  // those that started must not outlive this object
        throw;
    }
}

WorkerLane::~WorkerLane() { stop(); }

bool WorkerLane::tryPush(const std::string& group, Exchange&& exchange) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || waiting_.size() >= size_.capacity) return false;
        const auto at = groups_.try_emplace(group).first;
        if (at->second.waiting >= waiting_per_group_) return false;
        waiting_.push_back({at, std::move(exchange)});
        ++at->second.waiting;
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

std::deque<WorkerLane::Waiting>::iterator WorkerLane::nextToRun() {
    return std::find_if(waiting_.begin(), waiting_.end(), [this](const Waiting& waiting) {
        return waiting.group->second.running < size_.per_group;
    });
}

void WorkerLane::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        auto next = waiting_.end();
        changed_.wait(lock, [&] { return stopping_ || (next = nextToRun()) != waiting_.end(); });
        if (stopping_) return;
        const auto group = next->group;
        auto exchange = std::move(next->exchange);
        waiting_.erase(next);
        --group->second.waiting;
        ++group->second.running;
        lock.unlock();
        run_(std::move(exchange));
        lock.lock();
        // A thread that waits need not be told of the place: this one looks for the next itself.
        if (--group->second.running == 0 && group->second.waiting == 0) groups_.erase(group);
    }
}

}  // namespace postato::http
