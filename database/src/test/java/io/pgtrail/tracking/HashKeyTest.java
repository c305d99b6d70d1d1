package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HashKeyTest extends InstalledDatabase {

  @Test
  void isSha256OfTheBusinessKeyInUtf8() throws Exception {
    assertThat(value("select encode(script_tracking.calculate_hash_key('abc'), 'hex')"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(value("select script_tracking.calculate_hash_key('ä') = sha256('\\xc3a4'::bytea)"))
        .isEqualTo("t");
    assertThat(value("select script_tracking.calculate_hash_key('abc') = util.hash_binary('abc')"))
        .isEqualTo("t");
  }

  @Test
  void isNullForNullAndDefinedForTheEmptyKey() throws Exception {
    assertThat(value("select script_tracking.calculate_hash_key(null)")).isEqualTo("null");
    assertThat(value("select octet_length(script_tracking.calculate_hash_key(''))"))
        .isEqualTo("32");
  }

  @Test
  void namesAreUniqueAndCarryTimeAndSuffix() throws Exception {
    assertThat(value("select script_tracking.generate_unique_script_name('Database Backup')"))
        .matches("Database Backup_\\d{4}-\\d\\d-\\d\\d_\\d\\d:\\d\\d:\\d\\d\\.\\d{6}_[0-9a-f]{6}");
    assertThat(
            value(
                "select count(distinct script_tracking.generate_unique_script_name('x'))"
                    + " from generate_series(1, 1000)"))
        .isEqualTo("1000");
  }

  @Test
  void namesStayWithinTheColumn() throws Exception {
    assertThat(
            value(
                "select length(script_tracking.generate_unique_script_name(repeat('ä', 200))) <= 255"))
        .isEqualTo("t");
    for (String base :
        new String[] {"null", "''", "' '", "repeat('x', 201)", "repeat('x', 1048576)"}) {
      assertThat(
              attempt("select script_tracking.generate_unique_script_name(" + base + ")")
                  .sqlState())
          .as(base)
          .isEqualTo("PT001");
    }
  }

  @Test
  void loadDatesAreOfTheClock() throws Exception {
    run("begin");
    assertThat(value("select util.current_load_date() > now()")).isEqualTo("t");
    run("commit");
  }
}
