/*
 * The booking protocol, bounded, for Spin: browsers that lose answers and ask again, functions that
 * die between a commit and its answer, a doctor's absence, and two releases at once.
 *
 *   here                        stands for
 *   status, holder              the slot's item: slot_status, ticket_id    shared/table/slots.py
 *   held, ticket                the ticket in the patient's row            shared/table/patients.py
 *   atomic in *_transaction     one TransactWriteItems, its conditions     shared/table/store.py
 *   ask_to_book                 functions/book_ticket                      shared/table/booking.py
 *   ask_to_move, ask_to_cancel  functions/move_ticket, cancel_ticket       shared/table/tickets.py
 *   release, absence            functions/release_slots, declare_absence   shared/table/schedule.py
 *
 * PLANTED takes one guard away; tests/model/test_booking_protocol.py sees each of them caught.
 */

#define NO_SLOT_GUARD            1  /* a slot is taken whether it is free or not */
#define NO_PATIENT_GUARD         2  /* a patient may hold any number of tickets */
#define NO_SESSION_GUARD         3  /* an ended session books */
#define MOVE_WITHOUT_FREEING     4  /* the old slot is not given back */
#define MOVE_WITHOUT_LOOKING     5  /* a move does not demand the ticket as it was read */
#define CANCEL_WITHOUT_LOOKING   6  /* nor does a cancellation */
#define RETRY_WITHOUT_REPLAY     7  /* the same request again is refused for its own ticket */
#define RETRY_DRAWS_ANEW         8  /* or writes a new ticket over it */
#define BOOKED_BEFORE_COMMIT     9  /* an unknown outcome of a booking is answered as done, unread */
#define RELEASE_OVERWRITES      10  /* a release puts a slot that stands */
#define RELEASE_OVER_ABSENCE    11  /* or does not demand the district as it was read */
#define ABSENCE_WITHOUT_TICKET  12  /* an absence withdraws the slot and leaves the ticket */
#define ABSENCE_WITHOUT_LOOKING 13  /* an absence does not demand the slot as it was read */
#define LOOKS_AT_THE_OLD        14  /* who has to look again keeps what was read before */
#define MOVED_BEFORE_COMMIT     15  /* as 9, of a move */
#define CANCELLED_BEFORE_COMMIT 16  /* as 9, of a cancellation */

#define holds(condition, guard) ((condition) || planted == guard)

#define PATIENTS 2
#define SLOTS    2
#define NONE     9      /* no slot, no patient */

byte planted            /* which of the above */
byte losses             /* requests and answers that may be lost, and functions that may die */
bool is_first_release   /* two releases publish and a session ends, or three browsers ask */

mtype = { unpublished, free, booked, withdrawn }
mtype = { again, done, refused, ended }

mtype status[SLOTS] = unpublished
byte holder[SLOTS] = NONE      /* whose ticket a slot names, */
byte named[SLOTS]              /* and its number */
byte held[PATIENTS] = NONE     /* the slot of the ticket in a patient's row, */
byte ticket[PATIENTS]          /* and its number */
byte drawn[PATIENTS]           /* the tickets drawn for a patient so far */
bool is_open[3] = true  /* the sessions */
bool is_absent, is_called_off  /* the doctor of slot 0: declared, and carried out */
byte lost                      /* requests and answers so far */

/* After every commit slots and rows name each other: no slot has two patients, no patient two
   tickets, none is lost; and nothing is offered while the doctor is away. */
inline agree() {
  assert(held[0] == NONE || held[0] != held[1]);
  assert(!is_called_off || status[0] == withdrawn || status[0] == unpublished);
  for (i : 0 .. SLOTS - 1) {
    if
    :: status[i] == booked -> assert(held[holder[i]] == i && ticket[holder[i]] == named[i])
    :: else -> assert(held[0] != i && held[1] != i)
    fi
  }
  i = 0
}

inline take(slot, number) {
  status[slot] = booked; holder[slot] = p; named[slot] = number;
  held[p] = slot; ticket[p] = number
}

inline give_back(slot, after) {
  status[slot] = after; holder[slot] = NONE; named[slot] = 0
}

/* A request that never comes to the store has done nothing, and its function answers `again`. */
inline way_there(ack_before_commit) {
  if
  :: comes = true
  :: lost < losses ->
     lost++;
     if :: planted == ack_before_commit -> answer = done :: else -> skip fi
  fi
}

/* The answer comes; or the function dies, and the browser asks again; or the store's answer does
   not come, and the function reads whether what it wrote stands. */
inline way_back(stands) {
  if
  :: true
  :: lost < losses -> lost++; answer = again
  :: lost < losses && answer == done ->
     lost++;
     atomic { if :: !(stands) -> answer = again :: else fi }
  fi
}

/* Session, patient, slot: the first condition that fails decides. */
inline booking_transaction() {
  atomic {
    if
    :: !holds(is_open[me], NO_SESSION_GUARD) -> answer = ended
    :: else ->
       if
       :: held[p] == s && planted == RETRY_DRAWS_ANEW ->
          drawn[p]++; ticket[p] = drawn[p]; mine = drawn[p]; answer = done
       :: held[p] == s && planted != RETRY_DRAWS_ANEW && planted != RETRY_WITHOUT_REPLAY ->
          mine = ticket[p]; answer = done
       :: else ->
          if
          :: holds(held[p] == NONE, NO_PATIENT_GUARD) && holds(status[s] == free, NO_SLOT_GUARD) ->
             assert(is_open[me]);
             drawn[p]++; mine = drawn[p]; own = mine; take(s, mine); answer = done
          :: else -> answer = refused
          fi
       fi
    fi;
    agree()
  }
}

inline ask_to_book() {
  answer = again;
  do
  :: answer == again ->
     atomic {
       way_there(BOOKED_BEFORE_COMMIT);
       if :: comes -> booking_transaction() :: else -> skip fi
     };
     atomic {
       if :: comes -> way_back(held[p] == s && ticket[p] == mine) :: else -> skip fi;
       comes = false;
       /* Nobody is refused for the sake of the ticket that this very request has drawn. */
       assert(answer != refused || own == 0 || held[p] != s || ticket[p] != own);
       /* What is answered was written, */
       assert(answer != done || (mine > 0 && mine <= drawn[p]))
     }
  :: else -> break
  od;
  own = 0
}

/* Read the row, decide, and write under the condition that it stands as it was read; else look
   again. The third argument of the two transactions is the slot that was read. */
inline moving_transaction() {
  atomic {
    if
    :: !is_open[me] -> answer = ended
    :: else ->
       if
       :: !holds(held[p] == was && ticket[p] == mine, MOVE_WITHOUT_LOOKING) ->
          comes = false  /* it looks again */
       :: else ->
          if
          :: holds(status[t] == free, NO_SLOT_GUARD) ->
             take(t, mine);
             stood = true;
             if :: planted != MOVE_WITHOUT_FREEING -> give_back(was, free) :: else fi;
             answer = done
          :: else -> answer = refused
          fi
       fi
    fi;
    agree()
  }
}

inline ask_to_move() {
  answer = again;
  do
  :: answer == again ->
     atomic {
       way_there(MOVED_BEFORE_COMMIT);
       if
       :: comes && (ticket[p] != mine || held[p] == NONE) -> answer = refused; comes = false
       :: comes && ticket[p] == mine && held[p] == t -> answer = done; stood = true; comes = false
       :: else -> was = held[p]
       fi
     };
     atomic { if :: comes -> moving_transaction() :: else -> skip fi };
     atomic {
       if :: comes -> way_back(held[p] == t && ticket[p] == mine) :: else -> skip fi;
       comes = false;
       /* What is acknowledged as moved has stood there, though others may have moved it since. */
       assert(answer != done || stood)
     }
  :: else -> break
  od
}

inline cancelling_transaction() {
  atomic {
    if
    :: !is_open[me] -> answer = ended
    :: else ->
       if
       :: !holds(held[p] == was && ticket[p] == mine, CANCEL_WITHOUT_LOOKING) ->
          comes = false  /* it looks again */
       :: else -> held[p] = NONE; give_back(was, free); answer = done
       fi
    fi;
    agree()
  }
}

inline ask_to_cancel() {
  answer = again;
  do
  :: answer == again ->
     atomic {
       way_there(CANCELLED_BEFORE_COMMIT);
       if
       :: comes && (ticket[p] != mine || held[p] == NONE) -> answer = done; comes = false
       :: else ->
          if :: planted == LOOKS_AT_THE_OLD && was != NONE -> skip :: else -> was = held[p] fi
       fi
     };
     atomic { if :: comes -> cancelling_transaction() :: else -> skip fi };
     atomic {
       if :: comes -> way_back(held[p] == NONE || ticket[p] != mine) :: else -> skip fi;
       comes = false;
       /* What is acknowledged as given back does not stand. */
       assert(answer != done || held[p] == NONE || ticket[p] != mine)
     }
  :: else -> break
  od
}

proctype browser(byte me; byte p; byte s) {
  byte i, mine, own, t;
  byte was = NONE;
  bool comes;
  bool stood;  /* the ticket in t, whatever was answered */
  mtype answer;

  ask_to_book();
  if
  :: answer == done ->
     t = 1 - s;
     if
     :: ask_to_move()
     :: ask_to_cancel()
     :: true
     fi
  :: else -> skip
  fi;
  atomic { mine = 0; was = NONE; t = 0; p = 0; s = 0; stood = false; answer = 0 }
}

/* One run: what was read of the district and of a slot is demanded by the write (R8). */
proctype release() {
  byte i, slot;
  bool was_absent, is_missing;

  for (slot : 0 .. SLOTS - 1) {
    atomic {
      was_absent = is_absent;
      is_missing = (status[slot] == unpublished)
    };
    if
    :: is_missing && !(was_absent && slot == 0) ->
       atomic {
         if
         :: (holds(status[slot] == unpublished, RELEASE_OVERWRITES) &&
             holds(was_absent == is_absent, RELEASE_OVER_ABSENCE)) ->
            give_back(slot, free); agree()
         :: else
         fi
       }
    :: else -> skip
    fi
  }
}

/* The desk declares the doctor of slot 0 absent: the district first, then what stands. */
proctype absence() {
  byte i, number, p;
  mtype was;

  is_absent = true;
  do
  :: atomic { was = status[0]; p = holder[0]; number = named[0] };
     if
     :: was == withdrawn || was == unpublished -> break
     :: else ->
        atomic {
          if
          :: holds(status[0] == was && holder[0] == p && named[0] == number,
                   ABSENCE_WITHOUT_LOOKING) ->
             give_back(0, withdrawn);
             if
             :: was == booked && planted != ABSENCE_WITHOUT_TICKET -> held[p] = NONE
             :: else
             fi;
             agree()
          :: else
          fi
        }
     fi
  od;
  atomic { is_called_off = true; agree() }
}

proctype end_of_a_session() {
  is_open[0] = false
}

/* The browsers are two patients' own and one of another guardian of the first. What is tried is
   told by the environment, so that one verifier serves for all. */
init {
  byte first, second, i;
  atomic {
    c_code {
      const char *told;
      now.planted = (told = getenv("PLANTED")) ? atoi(told) : 0;
      now.losses = (told = getenv("LOSSES")) ? atoi(told) : 1;
      now.is_first_release = (told = getenv("RELEASES")) ? atoi(told) : 0;
    };
    select(first : 0 .. SLOTS - 1);
    if
    :: is_first_release -> run release(); run release(); run end_of_a_session()
    :: else ->
       for (i : 0 .. SLOTS - 1) { status[i] = free };
       select(second : 0 .. SLOTS - 1);
       run browser(1, 1, first);
       run browser(2, 0, second)
    fi;
    run absence();
    run browser(0, 0, first)
  }
}
