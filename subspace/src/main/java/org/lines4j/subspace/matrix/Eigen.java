package org.lines4j.subspace.matrix;

/// The eigenvalues and eigenvectors of a symmetric matrix.
///
/// @param values rising
/// @param vectors one row for each value
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Eigen(double[] values, Matrix vectors) {}
