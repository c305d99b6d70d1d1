package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Many sessions change the schema at once: each change is there once, and nobody is in the way. */
final class ConcurrencyTest extends VersionedDatabase {

  private static final int SESSIONS = 6;
  private static final int ROUNDS = 12;

  @Test
  void everyCommittedChangeIsThereOnceAndInOrder() throws Exception {
    run("create schema shop");
    for (int table = 0; table < 4; table++) {
      run("create table shop.shared" + table + " (id integer primary key)");
    }
    run("create view shop.shared_view as select a.id from shop.shared0 as a, shop.shared1 as b");
    String before = now();

    everySession(
        (session, number) -> {
          Random random = new Random(number);
          Sql.execute(session, "create table shop.own" + number + " (id integer)");
          for (int round = 0; round < ROUNDS; round++) {
            // Always in this order: PostgreSQL itself has no reason for a deadlock.
            Sql.execute(session, "begin");
            for (int table = 0; table < 4; table++) {
              if (random.nextBoolean()) {
                Sql.execute(
                    session,
                    "alter table shop.shared%d add column s%d_r%d integer"
                        .formatted(table, number, round));
              }
            }
            Sql.execute(
                session,
                "alter table shop.own" + number + " add column r" + round + " integer",
                "create or replace function shop.f"
                    + number
                    + "() returns integer language sql"
                    + " as 'select "
                    + round
                    + "'",
                random.nextInt(5) == 0 ? "rollback" : "commit");
          }
        });

    assertRecordedAsItIs();
    // One column a statement: as many versions as transactions, and as many columns as statements.
    assertThat(
            column(
                """
                select o.full_name
                from pggit.objects as o
                where o.object_type = 'TABLE' and o.schema_name = 'shop'
                    and (select count(*) from jsonb_object_keys(o.definition -> 'columns')) - 1
                        <> (
                            select count(*)
                            from pggit.history as h
                            where h.object_id = o.id and h.change_type = 'ALTER'
                        )
                """))
        .isEmpty();
    assertThat(
            value(
                "select count(*) from pggit.commit as c where c.committed_at > '"
                    + before
                    + "' and not exists (select from pggit.history as h"
                    + " where h.commit_id = c.commit_id)"))
        .isEqualTo("0");
  }

  /**
   * Each renames what tables of the other's refer to, and changes tables that refer to the other's.
   */
  @Test
  void sessionsThatRewordEachOthersObjectsDoNotBlockEachOther() throws Exception {
    run("create schema shop");
    for (int number = 0; number < 2; number++) {
      run("create table shop.target" + number + " (id0 integer primary key)");
    }
    for (int number = 0; number < 2; number++) {
      run(
          """
          create table shop.child%1$d (
              id integer, other_id integer references shop.target%2$d)
          """
              .formatted(number, 1 - number));
    }
    CyclicBarrier together = new CyclicBarrier(2);

    inTwoSessions(
        (session, number) -> {
          for (int round = 0; round < ROUNDS; round++) {
            Sql.execute(
                session,
                "begin",
                "alter table shop.target%d rename column id%d to id%d"
                    .formatted(number, round, round + 1),
                "alter table shop.child%d add column c%d integer".formatted(number, round));
            together.await();
            Sql.execute(session, "commit");
            together.await();
          }
        });

    assertRecordedAsItIs();
    assertThat(version("shop.target0")).isEqualTo((ROUNDS + 1) + ".0.0");
    assertThat(
            value(
                "select definition ->> 'constraints' from pggit.objects"
                    + " where full_name = 'shop.child0'"))
        .contains("shop.target1(id" + ROUNDS + ")");
  }

  @Test
  void aChangeWaitsForTheOneThatItBuildsOn() throws Exception {
    run("create schema shop", "create table shop.item (id integer primary key)");

    everySession(
        (session, number) -> {
          for (int round = 0; round < ROUNDS; round++) {
            Sql.execute(
                session,
                "begin",
                "comment on table shop.item is 'session %d, round %d'".formatted(number, round),
                "grant select on shop.item to public",
                "commit",
                "create table shop.item_%d_%d (item integer references shop.item)"
                    .formatted(number, round),
                "drop table shop.item_%d_%d".formatted(number, round));
          }
        });

    assertRecordedAsItIs();
    assertThat(
            value(
                "select count(*) from pggit.history where full_name = 'shop.item'"
                    + " and definition_before ->> 'comment' is distinct from"
                    + " definition_after ->> 'comment' and change_type = 'ALTER'"))
        .isEqualTo(String.valueOf(SESSIONS * ROUNDS));
  }

  /** What one of several sessions does. */
  private interface Work {

    void in(Connection session, int number) throws Exception;
  }

  private void everySession(Work work) throws Exception {
    inSessions(SESSIONS, work);
  }

  private void inTwoSessions(Work work) throws Exception {
    inSessions(2, work);
  }

  private void inSessions(int count, Work work) throws Exception {
    ExecutorService sessions = Executors.newFixedThreadPool(count);
    try {
      List<Callable<Void>> calls = new ArrayList<>();
      for (int number = 0; number < count; number++) {
        int own = number;
        calls.add(
            () -> {
              try (Connection session = connectWithoutPatience()) {
                work.in(session, own);
              }
              return null;
            });
      }
      for (Future<Void> done : sessions.invokeAll(calls)) {
        done.get();
      }
    } finally {
      sessions.shutdownNow();
    }
  }

  /** A session in which a deadlock is an error soon. */
  private Connection connectWithoutPatience() throws SQLException {
    Connection session = database.connect();
    Sql.execute(session, "set deadlock_timeout = '10ms'");
    return session;
  }
}
