#include "accounts/work_lane.hpp"

#include <algorithm>

#include "util/error.hpp"

namespace postato::accounts {

Pulse::Pulse(std::string name, std::chrono::milliseconds interval, std::function<bool()> beat,
             const Logger& log)
    : name_(std::move(name)),
      interval_(interval),
      beat_(std::move(beat)),
      log_(log),
      thread_([this](std::stop_token stop) { loop(stop); }) {}

void Pulse::join() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

void Pulse::loop(std::stop_token stop) {
    while (!stop.stop_requested()) {
        bool again = false;
        try {
            again = beat_();
            if (away_) log_.info("worker.resumed", {{"worker", name_}});
            away_ = false;
        } catch (const std::exception& error) {
            reportOutage(error);
        }
        if (again) continue;
        std::unique_lock lock(mutex_);
        woken_changed_.wait_for(lock, stop, interval_, [this] { return woken_; });
        woken_ = false;
    }
}

void Pulse::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    woken_changed_.notify_one();
}

void Pulse::reportOutage(const std::exception& error) {
    if (away_) return;
    away_ = true;
    const auto* ours = dynamic_cast<const Error*>(&error);
    log_.error("worker.paused",
               {{"worker", name_},
                {"detail", ours != nullptr ? ours->message() + " " + ours->detail()
                                           : std::string("unexpected exception")}});
}

WorkLane::WorkLane(std::string name, std::size_t threads, std::chrono::milliseconds interval,
                   Take take, const Logger& log)
    : name_(name),
      take_(std::move(take)),
      log_(log),
      most_(threads),
      worth_taking_(std::max<std::size_t>(1, threads / 16)),
      free_(threads) {
    const std::lock_guard lock(mutex_);  // nobody wakes a pulse that is not there yet
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this](std::stop_token stop) { work(stop); });
    pulse_ = std::make_unique<Pulse>(
        std::move(name), interval, [this] { return takeOnce(); }, log);
}

void WorkLane::join() {
    pulse_->join();
    for (auto& thread : threads_) thread.request_stop();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

std::size_t WorkLane::underWay() {
    const std::lock_guard lock(mutex_);
    return most_ - free_;
}

bool WorkLane::takeOnce() {
    std::size_t free = 0;
    {
        const std::lock_guard lock(mutex_);
        free = free_;
    }
    if (free == 0) return false;
    auto jobs = take_(free);
    const std::lock_guard lock(mutex_);
    free_ -= jobs.size();
    more_ = jobs.size() == free;
    for (auto& job : jobs) queue_.push_back(std::move(job));
    if (!jobs.empty()) changed_.notify_all();
    return more_;
}

void WorkLane::work(std::stop_token stop) {
    for (;;) {
        Job job;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, stop, [this] { return !queue_.empty(); });
            if (queue_.empty()) return;  // stopped, and nothing left that was taken
            job = std::move(queue_.front());
            queue_.pop_front();
        }
        try {
            job(stop);
        } catch (const Error& error) {
            log_.error(
                "worker.job_failed",
                {{"worker", name_}, {"message", error.message()}, {"detail", error.detail()}});
        } catch (const std::exception&) {
            log_.error("worker.job_failed",
                       {{"worker", name_}, {"detail", "unexpected exception"}});
        }
        const std::lock_guard lock(mutex_);
        ++free_;
        if (more_ && free_ >= worth_taking_) pulse_->wake();
    }
}

}  // namespace postato::accounts
