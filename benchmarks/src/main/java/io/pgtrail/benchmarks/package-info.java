/** Measures the budgets of pgtrail, paired and interleaved. */
@NullMarked
package io.pgtrail.benchmarks;

import org.jspecify.annotations.NullMarked;
