#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include "model/run.hpp"
using namespace baton::model;
int main(int argc,char**argv){
  const Strategies* s=find_strategy(argv[1]); if(!s) return 2;
  Scenario sc=parse_scenario(argv[2]);
  ScenarioRun run(*s,sc);
  std::vector<std::string> trace;
  bool replay=argc>4;
  Bounds b; if(getenv("P")) b.preemptions=(unsigned)atoi(getenv("P")); if(getenv("ST")) b.stale_loads=(unsigned)atoi(getenv("ST"));
  Fault f; if(getenv("MASK")) f.tag_mask=strtoull(getenv("MASK"),0,0); if(getenv("LOST")) f.lost_wake_up=true; if(getenv("UN"))f.unstamped_size=true; plant(f);
  Choices c= replay? Choices::replay(argv[4]) : (getenv("R")? Choices::random(b,1):Choices::exhaustive(b));
  auto e=explore(unsigned(sc.threads.size()),run,c,strtoull(argv[3],0,10),replay?&trace:nullptr);
  std::printf("%lu schedules%s\n",e.schedules,e.complete?", all":"");
  for(auto&l:trace) std::puts(l.c_str());
  if(e.failure) std::printf("FAILED: %s\nschedule %s\n",e.failure->c_str(),e.schedule.c_str());
}
