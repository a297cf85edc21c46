#include <cstdio>
#include <cstdlib>
#include <cstring>
#include "model/mutants.hpp"
using namespace baton::model;
int main(int argc,char**argv){
 for(auto&s:strategies()){ if(argc>1&&s.promises->name!=argv[1]) continue;
  uint64_t n=0,all=0; 
  for(auto&t:known_scenarios()){auto r=search(s,parse_scenario(t),{.systematic=2000}); n+=r.schedules; all+=r.all; if(r.failure) std::printf("FAIL %s %s %s\n",t.c_str(),r.failure->what.c_str(),r.failure->schedule.c_str());}
  for(unsigned i=0;i<50;++i){auto t=generated_scenario(i);auto r=search(s,t,{.systematic=1000}); n+=r.schedules; all+=r.all; if(r.failure) std::printf("FAIL %s %s %s\n",t.text().c_str(),r.failure->what.c_str(),r.failure->schedule.c_str());}
  std::printf("%s %lu schedules, %lu complete\n",s.promises->name.data(),n,all);
  std::vector<Mutant> ms; if(argc>2) ms=mutants_of(s); for(auto&m:weakenings_of(s)) ms.push_back(m);
  for(auto&m:ms){ auto h=hunt(s,m,20,{.systematic=5000}); std::printf("  %s: %s after %lu  %s %s\n",m.name.c_str(),h.found?"found":"NOT found",h.schedules,h.found?h.found->scenario.text().c_str():"",h.found?h.found->what.c_str():""); std::fflush(stdout);}
 }
}
