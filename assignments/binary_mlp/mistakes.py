"""What students are known to write in `binary_mlp`: wrong, with what they should read; and right, in another way."""

from fractions import Fraction
from itertools import pairwise

from autograder import Equivalent, Mistake, Variant

STEP1 = "backward1(X[i], w1, b1, w2, b2, y, yhat[i], alpha)"
EPOCH1 = f"""\
        for i in np.random.permutation(n_samples):
            y = forward1(X[i], w1, b1, w2, b2)
            w1, b1, w2, b2 = {STEP1}
"""
COST1 = "        costs[epoch] = np.mean(J(forward1(X, w1, b1, w2, b2), yhat))\n"

MISTAKES = [
    # --- sig
    Mistake(
        name="sign_of_the_exponent",
        stub="sig",
        right="(1 + np.tanh(np.divide(z, 2))) / 2",
        wrong="1 / (1 + np.exp(z))",
        sentence="The sigmoid grows with z. Look at the sign in the exponent.",
    ),
    Mistake(
        name="infinity_over_infinity",
        stub="sig",
        right="(1 + np.tanh(np.divide(z, 2))) / 2",
        wrong="np.exp(z) / (1 + np.exp(z))",
        sentence="For large z both parts of the fraction are infinite. In which form can only one of them be?",
    ),
    Mistake(
        name="tanh_for_sig",
        stub="sig",
        right="(1 + np.tanh(np.divide(z, 2))) / 2",
        wrong="np.tanh(z)",
        sentence="tanh goes from -1 to 1, and the sigmoid from 0 to 1.",
    ),
    Mistake(
        name="sig_written_into_z",
        stub="sig",
        right="return (1 + np.tanh(np.divide(z, 2))) / 2",
        wrong="z[...] = (1 + np.tanh(z / 2)) / 2\n    return z",
        sentence="The array that was handed in is changed. Make a new one for the result.",
    ),
    # --- dsig_dz
    Mistake(
        name="slope_from_the_result",
        stub="dsig_dz",
        right="return e / (1 + e) ** 2",
        wrong="return z * (1 - z)",
        sentence="The argument is what goes into the sigmoid; the formula asks for what comes out.",
        share=Fraction(1, 2),
    ),
    Mistake(
        name="slope_not_squared",
        stub="dsig_dz",
        right="(1 + e) ** 2",
        wrong="(1 + e)",
        sentence="Compare with the value at 0. By what is e to the minus z divided when you take the derivative?",
    ),
    Mistake(
        name="slope_infinity_over_infinity",
        stub="dsig_dz",
        right="e = np.exp(-np.abs(z))",
        wrong="e = np.exp(-z)",
        sentence="For z far below zero both parts of your fraction are infinite. What does the text use instead?",
    ),
    Mistake(
        name="slope_of_tanh",
        stub="dsig_dz",
        right="return e / (1 + e) ** 2",
        wrong="return 1 - ((1 - e) / (1 + e)) ** 2",
        sentence="This is the slope of tanh of half of z. The sigmoid is four times as flat.",
    ),
    # --- J
    Mistake(
        name="prediction_and_target_exchanged",
        stub="J",
        right="-(yhat * np.log(y + eps) + (1 - yhat) * np.log(1 - y + eps))",
        wrong="-(y * np.log(yhat + eps) + (1 - y) * np.log(1 - yhat + eps))",
        sentence="y is the prediction and yhat the target, and the prediction stands inside the logarithms.",
        share=Fraction(1, 2),
    ),
    Mistake(
        name="mean_of_the_costs",
        stub="J",
        right="return -(yhat * np.log(y + eps) + (1 - yhat) * np.log(1 - y + eps))",
        wrong="return np.mean(-(yhat * np.log(y + eps) + (1 - yhat) * np.log(1 - y + eps)))",
        sentence="J gives one cost for each prediction; the mean is taken elsewhere.",
    ),
    Mistake(
        name="cost_without_minus",
        stub="J",
        right="return -(",
        wrong="return (",
        sentence="Logarithms of probabilities are negative, and a cost is not.",
    ),
    Mistake(
        name="logarithm_of_zero",
        stub="J",
        right="    eps = 1e-8\n",
        wrong="    eps = 0\n",
        sentence="A prediction of exactly 0 or 1 gives infinity or nan. What is epsilon for?",
    ),
    Mistake(
        name="only_the_ones_cost",
        stub="J",
        right=" + (1 - yhat) * np.log(1 - y + eps)",
        wrong="",
        sentence="Where the target is 0, your cost is 0 whatever the prediction. Which term is missing?",
    ),
    Mistake(
        name="other_epsilon",
        stub="J",
        right="    eps = 1e-8\n",
        wrong="    eps = 1e-6\n",
        sentence="The text says how large epsilon is.",
    ),
    Mistake(
        name="logarithm_to_base_ten",
        stub="J",
        right="-(yhat * np.log(y + eps) + (1 - yhat) * np.log(1 - y + eps))",
        wrong="-(yhat * np.log10(y + eps) + (1 - yhat) * np.log10(1 - y + eps))",
        sentence="The logarithm is the natural one.",
    ),
    Mistake(
        name="predictions_written_over",
        stub="J",
        right="    eps = 1e-8\n",
        wrong="    y[y < 1e-8] = 1e-8\n    y[y > 1 - 1e-8] = 1 - 1e-8\n    eps = 0\n",
        sentence="The predictions that were handed in are changed. Raise and lower a copy.",
        share=Fraction(1, 20),
    ),
    # --- dJ_dy
    Mistake(
        name="derivative_upside_down",
        stub="dJ_dy",
        right="(1 - yhat) / (1 - y + eps) - yhat / (y + eps)",
        wrong="yhat / (y + eps) - (1 - yhat) / (1 - y + eps)",
        sentence="Where the target is 1, a larger prediction costs less. Which sign must the derivative have there?",
    ),
    Mistake(
        name="derivative_of_the_target",
        stub="dJ_dy",
        right="(1 - yhat) / (1 - y + eps) - yhat / (y + eps)",
        wrong="(1 - y) / (1 - yhat + eps) - y / (yhat + eps)",
        sentence="y is the prediction and yhat the target, and the derivative is taken with respect to the prediction.",
        share=Fraction(1, 2),
    ),
    Mistake(
        name="inner_derivative_forgotten",
        stub="dJ_dy",
        right="(1 - yhat) / (1 - y + eps) - yhat",
        wrong="-(1 - yhat) / (1 - y + eps) - yhat",
        sentence="1 - y falls when y grows: its derivative is -1.",
    ),
    Mistake(
        name="derivative_after_the_sigmoid",
        stub="dJ_dy",
        right="(1 - yhat) / (1 - y + eps) - yhat / (y + eps)",
        wrong="y - yhat",
        sentence="y - yhat is the product of this derivative and the sigmoid's slope. Here that slope is not in yet.",
        share=Fraction(1, 2),
    ),
    Mistake(
        name="division_by_zero",
        stub="dJ_dy",
        right="    eps = 1e-8\n",
        wrong="    eps = 0\n",
        sentence="A prediction of exactly 0 or 1 is divided by. What is epsilon for?",
    ),
    # --- relu
    Mistake(
        name="negative_entries_written_over",
        stub="relu",
        right="return np.maximum(0, z)",
        wrong="z[z < 0] = 0\n    return z",
        sentence="The array that was handed in is changed. Make a new one for the result.",
    ),
    Mistake(
        name="leaky",
        stub="relu",
        right="np.maximum(0, z)",
        wrong="np.maximum(0.01 * z, z)",
        sentence="Below zero relu is 0, and not a little less.",
    ),
    Mistake(
        name="absolute_value",
        stub="relu",
        right="np.maximum(0, z)",
        wrong="np.abs(z)",
        sentence="What is below zero becomes 0; its sign is not turned.",
    ),
    Mistake(
        name="only_the_positive_entries",
        stub="relu",
        right="np.maximum(0, z)",
        wrong="z[z > 0]",
        sentence="This picks out the positive entries. The result has the shape of z.",
    ),
    Mistake(
        name="largest_of_all",
        stub="relu",
        right="np.maximum(0, z)",
        wrong="np.max(z)",
        sentence="np.max finds one number in the whole array. Each entry is compared with 0.",
    ),
    # --- drelu_dz
    Mistake(
        name="relu_for_its_slope",
        stub="drelu_dz",
        right="np.where(np.greater(z, 0), 1.0, 0.0)",
        wrong="np.maximum(z, 0.0)",
        sentence="This is relu itself. How steep is it above zero?",
    ),
    Mistake(
        name="slope_below_zero",
        stub="drelu_dz",
        right="np.greater(z, 0)",
        wrong="np.less(z, 0)",
        sentence="The curve rises above zero and is flat below, not the other way round.",
    ),
    Mistake(
        name="sign_for_slope",
        stub="drelu_dz",
        right="np.where(np.greater(z, 0), 1.0, 0.0)",
        wrong="np.sign(z)",
        sentence="Below zero relu is flat. What is the slope of a flat curve?",
    ),
    Mistake(
        name="ones_written_into_z",
        stub="drelu_dz",
        right="return np.where(np.greater(z, 0), 1.0, 0.0)",
        wrong="z[z <= 0] = 0\n    z[z > 0] = 1\n    return z",
        sentence="The array that was handed in is changed, and the step still needs it.",
    ),
    # --- forward1
    Mistake(
        name="bias_not_transposed",
        stub="forward1",
        right="x0 @ w1 + b1.T",
        wrong="x0 @ w1 + b1",
        sentence="A row plus a column is a matrix. Which shape has b1, and which does a row of z1 have?",
        share=Fraction(1, 2),
    ),
    Mistake(
        name="hidden_bias_forgotten",
        stub="forward1",
        right="x0 @ w1 + b1.T",
        wrong="x0 @ w1",
        sentence="Where does b1 come in?",
    ),
    Mistake(
        name="output_bias_forgotten",
        stub="forward1",
        right="x1 @ w2 + b2.T",
        wrong="x1 @ w2",
        sentence="Where does b2 come in?",
    ),
    Mistake(
        name="sigmoid_in_the_hidden_layer",
        stub="forward1",
        right="x1 = relu(",
        wrong="x1 = sig(",
        sentence="The hidden units use relu; the sigmoid stands at the output alone.",
    ),
    Mistake(
        name="no_bend",
        stub="forward1",
        right="x1 = relu(x0 @ w1 + b1.T)",
        wrong="x1 = x0 @ w1 + b1.T",
        sentence="Without relu between them, two layers are no more than one.",
    ),
    Mistake(
        name="relu_at_the_output",
        stub="forward1",
        right="return sig(x1 @ w2 + b2.T)",
        wrong="return sig(relu(x1 @ w2 + b2.T))",
        sentence="At the output stands the sigmoid alone. Can your prediction fall below one half?",
    ),
    Mistake(
        name="output_without_sigmoid",
        stub="forward1",
        right="return sig(x1 @ w2 + b2.T)",
        wrong="return x1 @ w2 + b2.T",
        sentence="A prediction is a probability. What turns z2 into one?",
    ),
    Mistake(
        name="weights_transposed",
        stub="forward1",
        right="x0 @ w1",
        wrong="x0 @ w1.T",
        sentence="w1 has a row for each input already: which of its sides must meet the inputs?",
    ),
    Mistake(
        name="only_the_first_row",
        stub="forward1",
        right="return sig(x1 @ w2 + b2.T)",
        wrong="return sig(x1 @ w2 + b2.T)[:1]",
        sentence="A batch has a prediction for each of its rows.",
    ),
    Mistake(
        name="bias_added_in_place",
        stub="forward1",
        right="x1 = relu(x0 @ w1 + b1.T)",
        wrong="x0 -= 0.001\n    x1 = relu((x0 + 0.001) @ w1 + b1.T)",
        sentence="-= and += write into the sample that was handed in.",
    ),
    # --- backward1
    Mistake(
        name="updated_in_place",
        stub="backward1",
        right=(
            "    w1 = w1 - alpha * np.outer(x0, delta1)\n"
            "    b1 = b1 - alpha * delta1\n"
            "    w2 = w2 - alpha * np.outer(x1, delta2)\n"
            "    b2 = b2 - alpha * delta2\n"
        ),
        wrong=(
            "    w1 -= alpha * np.outer(x0, delta1)\n"
            "    b1 -= alpha * delta1\n"
            "    w2 -= alpha * np.outer(x1, delta2)\n"
            "    b2 -= alpha * delta2\n"
        ),
        sentence="-= writes into the weights that were handed in; the new ones are to be new arrays.",
        share=Fraction(1, 25),
    ),
    Mistake(
        name="uphill",
        stub="backward1",
        right="w1 = w1 - alpha * np.outer(x0, delta1)",
        wrong="w1 = w1 + alpha * np.outer(x0, delta1)",
        sentence="Every step goes against the gradient. Look at all four signs.",
    ),
    Mistake(
        name="target_and_prediction_exchanged",
        stub="backward1",
        right="dJ_dy(y, yhat)",
        wrong="dJ_dy(np.reshape(yhat, (1, 1)), y)",
        sentence="The prediction y comes first, the target yhat second.",
    ),
    Mistake(
        name="slope_of_the_sigmoid_left_out",
        stub="backward1",
        right="delta2 = dJ_dy(y, yhat) * dsig_dz(z2)",
        wrong="delta2 = dJ_dy(y, yhat) * np.ones((1, 1))",
        sentence="The chain goes through the sigmoid: its slope is a factor of the last delta.",
        share=Fraction(1, 2),
    ),
    Mistake(
        name="slope_at_the_prediction",
        stub="backward1",
        right="dsig_dz(z2)",
        wrong="dsig_dz(np.reshape(y, (1, 1)))",
        sentence="dsig_dz takes what goes into the sigmoid, and y is what comes out.",
        share=Fraction(1, 2),
    ),
    Mistake(
        name="hidden_slope_left_out",
        stub="backward1",
        right="delta1 = w2 @ delta2 * drelu_dz(z1).T",
        wrong="delta1 = w2 @ delta2",
        sentence="A hidden unit that is off passes nothing down. Which factor of the hidden delta says so?",
    ),
    Mistake(
        name="hidden_activation_for_slope",
        stub="backward1",
        right="drelu_dz(z1).T",
        wrong="x1.T",
        sentence="The hidden delta takes the slope of relu, not its value.",
    ),
    Mistake(
        name="moved_before_passed_down",
        stub="backward1",
        right="    delta1 = w2 @ delta2 * drelu_dz(z1).T  # (n_hidden, 1)\n",
        wrong=(
            "    w2 = w2 - alpha * np.outer(x1, delta2)\n"
            "    delta1 = w2 @ delta2 * drelu_dz(z1).T\n"
            "    w2 = w2 + alpha * np.outer(x1, delta2)\n"
        ),
        sentence="The hidden delta is taken from w2 as it was before the step.",
    ),
    Mistake(
        name="output_bias_never_moves",
        stub="backward1",
        right="b2 = b2 - alpha * delta2",
        wrong="b2 = 1 * b2",
        sentence="All four arrays move, b2 too.",
    ),
    Mistake(
        name="hidden_bias_never_moves",
        stub="backward1",
        right="b1 = b1 - alpha * delta1",
        wrong="b1 = 1 * b1",
        sentence="All four arrays move, b1 too.",
    ),
    Mistake(
        name="rate_left_out",
        stub="backward1",
        right="w2 = w2 - alpha * np.outer(x1, delta2)",
        wrong="w2 = w2 - np.outer(x1, delta2)",
        sentence="How long is the step of w2, and what says so?",
    ),
    Mistake(
        name="inputs_for_hidden_outputs",
        stub="backward1",
        right="w2 = w2 - alpha * np.outer(x1, delta2)",
        wrong="w2 = w2 - alpha * np.outer(z1, delta2)",
        sentence="The gradient of w2 has the hidden layer's output in it: before or after relu?",
    ),
    Mistake(
        name="pulled_through_the_sigmoid_twice",
        stub="backward1",
        right="delta1 = w2 @ delta2 * drelu_dz(z1).T",
        wrong="delta1 = w2 @ delta2 * dsig_dz(z2) * drelu_dz(z1).T",
        sentence="The slope of the sigmoid is in delta2 already.",
    ),
    # --- train1
    Mistake(
        name="never_shuffled",
        stub="train1",
        right="np.random.permutation(n_samples)",
        wrong="range(n_samples)",
        sentence="All epochs take the samples in one and the same order. Draw a new one for each epoch.",
    ),
    Mistake(
        name="shuffled_once",
        stub="train1",
        right="    for epoch in range(n_epoch):\n        for i in np.random.permutation(n_samples):",
        wrong="    order = np.random.permutation(n_samples)\n    for epoch in range(n_epoch):\n        for i in order:",
        sentence="All epochs take the samples in one and the same order. Draw a new one for each epoch.",
    ),
    Mistake(
        name="drawn_with_repetition",
        stub="train1",
        right="np.random.permutation(n_samples)",
        wrong="np.random.randint(n_samples, size=n_samples)",
        sentence="Indices drawn one by one come twice, or never. Each sample is taken exactly once in an epoch.",
    ),
    Mistake(
        name="one_sample_left_out",
        stub="train1",
        right="in np.random.permutation(n_samples):",
        wrong="in np.random.permutation(n_samples)[1:]:",
        sentence="One sample is left out in every epoch.",
    ),
    Mistake(
        name="samples_without_their_targets",
        stub="train1",
        right="    for epoch in range(n_epoch):\n",
        wrong="    X = np.random.permutation(X)\n    for epoch in range(n_epoch):\n",
        sentence="The samples are reordered and their targets are not, so each sample learns the target of another.",
    ),
    Mistake(
        name="caller_shuffled",
        stub="train1",
        right="        for i in np.random.permutation(n_samples):\n",
        wrong=(
            "        order = np.random.permutation(n_samples)\n"
            "        X[...], yhat[...] = X[order], yhat[order]\n"
            "        for i in range(n_samples):\n"
        ),
        sentence="The caller's samples and targets are reordered. Draw an order of indices and leave the arrays alone.",
    ),
    Mistake(
        name="biases_start_at_zero",
        stub="train1",
        right="b1 = np.random.normal(0, 1, (n_hidden, 1))",
        wrong="b1 = np.zeros((n_hidden, 1))",
        sentence="In this network the biases are drawn like the weights.",
    ),
    Mistake(
        name="small_weights",
        stub="train1",
        right="w1 = np.random.normal(0, 1, (n_input, n_hidden))",
        wrong="w1 = np.random.normal(0, 0.1, (n_input, n_hidden))",
        sentence="Which standard deviation does the text ask for here?",
    ),
    Mistake(
        name="uniform_weights",
        stub="train1",
        right="w1 = np.random.normal(0, 1, (n_input, n_hidden))",
        wrong="w1 = np.random.rand(n_input, n_hidden)",
        sentence="np.random.rand draws evenly between 0 and 1. Which distribution does the text ask for?",
    ),
    Mistake(
        name="fixed_seed",
        stub="train1",
        right="    w1 = np.random.normal(0, 1, (n_input, n_hidden))\n",
        wrong="    np.random.seed(0)\n    w1 = np.random.normal(0, 1, (n_input, n_hidden))\n",
        sentence="Every training has the same start: is a seed set inside, or are arrays kept?",
    ),
    Mistake(
        name="cost_before_the_epoch",
        stub="train1",
        right=EPOCH1 + COST1,
        wrong=COST1 + EPOCH1,
        sentence="The cost of an epoch is that after its last step, with the weights as they are then.",
    ),
    Mistake(
        name="sum_of_costs",
        stub="train1",
        right="costs[epoch] = np.mean(",
        wrong="costs[epoch] = np.sum(",
        sentence="The cost of an epoch is the mean over the samples.",
    ),
    Mistake(
        name="cost_of_one_sample",
        stub="train1",
        right="np.mean(J(forward1(X, w1, b1, w2, b2), yhat))",
        wrong="np.mean(J(y, yhat[i]))",
        sentence="The cost of an epoch is that of all samples, with the weights at its end.",
    ),
    Mistake(
        name="flat_costs",
        stub="train1",
        right="np.zeros((n_epoch, 1))",
        wrong="np.zeros(n_epoch)",
        sentence="costs has a row for each epoch: its shape is (n_epoch, 1).",
    ),
    Mistake(
        name="step_not_kept",
        stub="train1",
        right=f"w1, b1, w2, b2 = {STEP1}",
        wrong=STEP1,
        sentence="backward1 leaves its arguments alone. What becomes of the arrays that it returns?",
    ),
    Mistake(
        name="weights_and_biases_exchanged",
        stub="train1",
        right=f"w1, b1, w2, b2 = {STEP1}",
        wrong=f"w1, w2, b1, b2 = {STEP1}",
        sentence="backward1 returns w1, b1, w2 and b2, in this order. b1 and w2 have the same shape, so nothing fails.",
    ),
    Mistake(
        name="old_prediction",
        stub="train1",
        right="        for i in np.random.permutation(n_samples):\n            y = forward1(X[i], w1, b1, w2, b2)\n",
        wrong=(
            "        predictions = forward1(X, w1, b1, w2, b2)\n"
            "        for i in np.random.permutation(n_samples):\n"
            "            y = predictions[i]\n"
        ),
        sentence="Each step needs the prediction of the weights as they are then, not as they were before the epoch.",
    ),
    Mistake(
        name="same_target_for_all",
        stub="train1",
        right="y, yhat[i], alpha",
        wrong="y, yhat[0], alpha",
        sentence="Each sample has a target of its own.",
    ),
    Mistake(
        name="order_turned_by_one",
        stub="train1",
        right="np.random.permutation(n_samples)",
        wrong="np.roll(np.arange(n_samples), epoch)",
        sentence="The order follows a rule. Each epoch is to have one that is drawn.",
    ),
    Mistake(
        name="forwards_and_backwards",
        stub="train1",
        right="np.random.permutation(n_samples)",
        wrong="np.arange(n_samples)[:: 1 - 2 * (epoch % 2)]",
        sentence="The samples come forwards and backwards in turn. Each epoch is to have an order that is drawn.",
    ),
    Mistake(
        name="rate_falls_by_the_epoch",
        stub="train1",
        right="y, yhat[i], alpha",
        wrong="y, yhat[i], alpha / (1 + epoch // 2)",
        sentence="The learning rate is the same in all epochs.",
        share=Fraction(1, 3),
    ),
    Mistake(
        name="no_step_taken",
        stub="train1",
        right="in np.random.permutation(n_samples):",
        wrong="in ():",
        sentence="No step is ever taken: what you return is what was drawn.",
        share=Fraction(1, 2),
    ),
    Mistake(
        name="three_steps_an_epoch",
        stub="train1",
        right="in np.random.permutation(n_samples):",
        wrong="in np.random.permutation(n_samples)[:3]:",
        sentence="An epoch takes a step for every sample, however many there are; yours takes three.",
        share=Fraction(1, 10),
    ),
    Mistake(
        name="no_steps_after_the_fourth_epoch",
        stub="train1",
        right="        for i in np.random.permutation(n_samples):\n",
        wrong="        for i in np.random.permutation(n_samples if epoch < 4 else 0):\n",
        sentence="After the fourth epoch no step is taken. Every epoch takes one for each sample.",
        share=Fraction(1, 10),
    ),
    Mistake(
        name="a_second_step_in_one_epoch",
        stub="train1",
        right="            w1, b1, w2, b2 = backward1(X[i], w1, b1, w2, b2, y, yhat[i], alpha)\n",
        wrong=(
            "            w1, b1, w2, b2 = backward1(X[i], w1, b1, w2, b2, y, yhat[i], alpha)\n"
            "            if epoch == 5:\n"
            "                y = forward1(X[i], w1, b1, w2, b2)\n"
            "                w1, b1, w2, b2 = backward1(X[i], w1, b1, w2, b2, y, yhat[i], alpha)\n"
        ),
        sentence="The sixth epoch takes two steps for each sample. Every epoch takes one.",
        share=Fraction(1, 10),
    ),
    Mistake(
        name="half_the_rate_for_more_samples",
        stub="train1",
        right="y, yhat[i], alpha",
        wrong="y, yhat[i], alpha if n_samples == 2 else alpha / 2",
        sentence="The learning rate is the one that is handed in, however many samples there are.",
        share=Fraction(1, 10),
    ),
    Mistake(
        name="w1_stops_learning",
        stub="train1",
        right="            w1, b1, w2, b2 = backward1(X[i], w1, b1, w2, b2, y, yhat[i], alpha)\n",
        wrong=(
            "            before = w1\n"
            "            w1, b1, w2, b2 = backward1(X[i], w1, b1, w2, b2, y, yhat[i], alpha)\n"
            "            w1 = w1 if epoch < 3 else before\n"
        ),
        sentence="w1 stops learning after the third epoch. All four arrays take every step.",
        share=Fraction(1, 10),
    ),
    Mistake(
        name="targets_of_others",
        stub="train1",
        right=(
            "        for i in np.random.permutation(n_samples):\n"
            "            y = forward1(X[i], w1, b1, w2, b2)\n"
            "            w1, b1, w2, b2 = backward1(X[i], w1, b1, w2, b2, y, yhat[i], alpha)\n"
        ),
        wrong=(
            "        others = np.random.permutation(n_samples)\n"
            "        for i, other in zip(np.random.permutation(n_samples), others):\n"
            "            y = forward1(X[i], w1, b1, w2, b2)\n"
            "            w1, b1, w2, b2 = backward1(X[i], w1, b1, w2, b2, y, yhat[other], alpha)\n"
        ),
        sentence="Samples and targets are shuffled apart from each other, so a sample learns the target of another.",
        share=Fraction(1, 10),
    ),
    # --- init_model
    Mistake(
        name="keys_from_zero",
        stub="init_model",
        right="    return w, b\n",
        wrong=(
            "    w, b = ({layer - 1: array for layer, array in arrays.items()} for arrays in (w, b))\n    return w, b\n"
        ),
        sentence="The first layer of weights is number 1.",
    ),
    Mistake(
        name="last_layer_forgotten",
        stub="init_model",
        right="range(1, len(shape))",
        wrong="range(1, len(shape) - 1)",
        sentence="Is there a layer for the output too? With which number does your loop end?",
    ),
    Mistake(
        name="sizes_exchanged",
        stub="init_model",
        right="(shape[layer - 1], shape[layer])",
        wrong="(shape[layer], shape[layer - 1])",
        sentence="Weights have a row for each unit that they come from, and a column for each that they go to.",
    ),
    Mistake(
        name="biases_in_a_row",
        stub="init_model",
        right="np.random.normal(0, 0.1, (shape[layer], 1))",
        wrong="np.random.normal(0, 0.1, (1, shape[layer]))",
        sentence="A layer's biases are a column.",
    ),
    Mistake(
        name="no_random_biases",
        stub="init_model",
        right="np.random.normal(0, 0.1, (shape[layer], 1))",
        wrong="np.zeros((shape[layer], 1))",
        sentence="In this network the biases are drawn like the weights.",
    ),
    Mistake(
        name="standard_normal",
        stub="init_model",
        right="np.random.normal(0, 0.1, (shape[layer - 1], shape[layer]))",
        wrong="np.random.normal(0, 1, (shape[layer - 1], shape[layer]))",
        sentence="The standard deviation is 0.1. What is the second argument of np.random.normal?",
    ),
    Mistake(
        name="variance_for_standard_deviation",
        stub="init_model",
        right="np.random.normal(0, 0.1, (shape[layer - 1], shape[layer]))",
        wrong="np.random.normal(0, 0.1**2, (shape[layer - 1], shape[layer]))",
        sentence="The second argument of np.random.normal is the standard deviation, not the variance.",
    ),
    Mistake(
        name="same_draw_for_all_layers",
        stub="init_model",
        right="    w, b = {}, {}\n",
        wrong="    w, b = {}, {}\n    np.random.seed(1)\n",
        sentence="Every network gets the same weights: is a seed set inside, or are arrays kept?",
    ),
    # --- forwardn
    Mistake(
        name="relu_at_the_end",
        stub="forwardn",
        right="return sig(x @ w[n_layers] + b[n_layers].T)",
        wrong="return relu(x @ w[n_layers] + b[n_layers].T)",
        sentence="The last layer ends in the sigmoid.",
    ),
    Mistake(
        name="sigmoid_everywhere",
        stub="forwardn",
        right="x = relu(x @ w[layer] + b[layer].T)",
        wrong="x = sig(x @ w[layer] + b[layer].T)",
        sentence="The hidden layers use relu.",
    ),
    Mistake(
        name="every_layer_gets_the_sample",
        stub="forwardn",
        right="x = relu(x @ w[layer] + b[layer].T)",
        wrong="x = relu(x0 @ w[1] + b[1].T)",
        sentence="What one layer puts out is the input of the next.",
    ),
    Mistake(
        name="bias_column_added",
        stub="forwardn",
        right="x = relu(x @ w[layer] + b[layer].T)",
        wrong="x = relu(x @ w[layer] + b[layer])",
        sentence="A row plus a column is a matrix. Which shape has b[l], and which does a row of z have?",
    ),
    Mistake(
        name="biases_forgotten",
        stub="forwardn",
        right="x = relu(x @ w[layer] + b[layer].T)",
        wrong="x = relu(x @ w[layer])",
        sentence="Where do the biases of the hidden layers come in?",
    ),
    Mistake(
        name="last_hidden_layer_left_out",
        stub="forwardn",
        right="range(1, n_layers)",
        wrong="range(1, n_layers - 1)",
        sentence="All layers but the last are hidden ones. Which number has the last that your loop takes?",
    ),
    Mistake(
        name="two_layers_only",
        stub="forwardn",
        right="n_layers = len(w)",
        wrong="n_layers = 2",
        sentence="The network may have any number of layers. What tells how many?",
    ),
    Mistake(
        name="last_layer_twice",
        stub="forwardn",
        right="range(1, n_layers)",
        wrong="range(1, n_layers + (n_layers == 1))",
        sentence="Where there is one layer only, it is the last, and no hidden one.",
        share=Fraction(1, 20),
    ),
    # --- backwardn
    Mistake(
        name="moved_before_the_layer_below",
        stub="backwardn",
        right=(
            "    for layer in range(n_layers - 1, 0, -1):\n"
            "        delta[layer] = w[layer + 1] @ delta[layer + 1] * drelu_dz(z[layer]).T  # (units of the layer, 1)\n"
            "\n"
            "    for layer in range(1, n_layers + 1):  # only now, when every delta is known\n"
        ),
        wrong=(
            "    for layer in range(n_layers, 0, -1):\n"
            "        if layer < n_layers:\n"
            "            delta[layer] = w[layer + 1] @ delta[layer + 1] * drelu_dz(z[layer]).T\n"
        ),
        sentence="Each layer takes its delta from weights that have moved already. Take all deltas first.",
        share=Fraction(1, 4),
    ),
    Mistake(
        name="dictionaries_replaced",
        stub="backwardn",
        right="    for layer in range(1, n_layers + 1):  # only now",
        wrong="    w, b = dict(w), dict(b)\n    for layer in range(1, n_layers + 1):  # only now",
        sentence="The dictionaries that were handed in still hold the old weights.",
    ),
    Mistake(
        name="first_layer_never_moves",
        stub="backwardn",
        right="    for layer in range(1, n_layers + 1):  # only now",
        wrong="    for layer in range(2, n_layers + 1):  # only now",
        sentence="Every layer moves, the first one too.",
    ),
    Mistake(
        name="last_layer_never_moves",
        stub="backwardn",
        right="    for layer in range(1, n_layers + 1):  # only now",
        wrong="    for layer in range(1, n_layers):  # only now",
        sentence="Every layer moves, the last one too.",
    ),
    Mistake(
        name="delta_without_slope",
        stub="backwardn",
        right="delta[layer] = w[layer + 1] @ delta[layer + 1] * drelu_dz(z[layer]).T",
        wrong="delta[layer] = w[layer + 1] @ delta[layer + 1]",
        sentence="A hidden unit that is off passes nothing down. Which factor of a hidden delta says so?",
    ),
    Mistake(
        name="slope_of_the_layer_above",
        stub="backwardn",
        right="drelu_dz(z[layer]).T",
        wrong="dsig_dz(z[layer]).T",
        sentence="Which function do the hidden layers use, and what is its slope?",
    ),
    Mistake(
        name="deltas_from_the_output_weights",
        stub="backwardn",
        right="delta[layer] = w[layer + 1] @ delta[layer + 1]",
        wrong="delta[layer] = w[n_layers] @ delta[n_layers]",
        sentence="Each delta comes from the layer just above it, and from no other.",
    ),
    Mistake(
        name="output_of_the_same_layer",
        stub="backwardn",
        right="w[layer] = w[layer] - alpha * np.outer(x[layer - 1], delta[layer])",
        wrong="w[layer] = w[layer] - alpha * np.outer(z[layer - 1] if layer > 1 else x0, delta[layer])",
        sentence="A weight's gradient has the output of the layer below in it: before or after relu?",
    ),
    Mistake(
        name="climbing",
        stub="backwardn",
        right="w[layer] = w[layer] - alpha",
        wrong="w[layer] = w[layer] + alpha",
        sentence="Every step goes against the gradient.",
    ),
    Mistake(
        name="biases_never_move",
        stub="backwardn",
        right="        b[layer] = b[layer] - alpha * delta[layer]\n",
        wrong="",
        sentence="The biases learn too.",
    ),
    Mistake(
        name="target_first",
        stub="backwardn",
        right="dJ_dy(y, yhat)",
        wrong="dJ_dy(np.reshape(yhat, (1, 1)), y)",
        sentence="The prediction y comes first, the target yhat second.",
    ),
    Mistake(
        name="nothing_returned",
        stub="backwardn",
        right="    return w, b\n",
        wrong="",
        sentence="The dictionaries are to be returned as well.",
    ),
    Mistake(
        name="two_layers_at_most",
        stub="backwardn",
        right="range(n_layers - 1, 0, -1)",
        wrong="range(n_layers - 1, max(n_layers - 3, 0), -1)",
        sentence="There is a delta for every layer, however many there are.",
        share=Fraction(1, 20),
    ),
    # --- trainn
    Mistake(
        name="always_in_order",
        stub="trainn",
        right="np.random.permutation(len(X))",
        wrong="range(len(X))",
        sentence="All epochs take the samples in one and the same order. Draw a new one for each epoch.",
    ),
    Mistake(
        name="one_order_for_all_epochs",
        stub="trainn",
        right="    for epoch in range(n_epoch):\n        for i in np.random.permutation(len(X)):",
        wrong="    order = np.random.permutation(len(X))\n    for epoch in range(n_epoch):\n        for i in order:",
        sentence="All epochs take the samples in one and the same order. Draw a new one for each epoch.",
    ),
    Mistake(
        name="some_samples_twice",
        stub="trainn",
        right="np.random.permutation(len(X))",
        wrong="np.random.choice(len(X), len(X))",
        sentence="Indices drawn one by one come twice, or never. Each sample is taken exactly once in an epoch.",
    ),
    Mistake(
        name="samples_shuffled_alone",
        stub="trainn",
        right="    for epoch in range(n_epoch):\n",
        wrong="    X = np.random.permutation(X)\n    for epoch in range(n_epoch):\n",
        sentence="The samples are reordered and their targets are not, so each sample learns the target of another.",
    ),
    Mistake(
        name="callers_arrays_shuffled",
        stub="trainn",
        right="        for i in np.random.permutation(len(X)):\n",
        wrong=(
            "        order = np.random.permutation(len(X))\n"
            "        X[...], yhat[...] = X[order], yhat[order]\n"
            "        for i in range(len(X)):\n"
        ),
        sentence="The caller's samples and targets are reordered. Draw an order of indices and leave the arrays alone.",
    ),
    Mistake(
        name="cost_of_the_last_sample",
        stub="trainn",
        right="np.mean(J(forwardn(X, w, b), yhat))",
        wrong="np.mean(J(y, yhat[i]))",
        sentence="The cost of an epoch is that of all samples, with the weights at its end.",
    ),
    Mistake(
        name="costs_in_a_vector",
        stub="trainn",
        right="np.zeros((n_epoch, 1))",
        wrong="np.zeros(n_epoch)",
        sentence="costs has a row for each epoch: its shape is (n_epoch, 1).",
    ),
    Mistake(
        name="new_network_each_epoch",
        stub="trainn",
        right="    for epoch in range(n_epoch):\n",
        wrong="    for epoch in range(n_epoch):\n        w, b = init_model(shape)\n",
        sentence="The network is drawn once, before the first epoch; yours forgets what it has learnt.",
    ),
    Mistake(
        name="first_target_for_all",
        stub="trainn",
        right="y, yhat[i], alpha",
        wrong="y, yhat[0], alpha",
        sentence="Each sample has a target of its own.",
    ),
    Mistake(
        name="turned_by_one",
        stub="trainn",
        right="np.random.permutation(len(X))",
        wrong="np.roll(np.arange(len(X)), epoch)",
        sentence="The order follows a rule. Each epoch is to have one that is drawn.",
    ),
    Mistake(
        name="back_and_forth",
        stub="trainn",
        right="np.random.permutation(len(X))",
        wrong="np.arange(len(X))[:: 1 - 2 * (epoch % 2)]",
        sentence="The samples come forwards and backwards in turn. Each epoch is to have an order that is drawn.",
    ),
    Mistake(
        name="rate_of_its_own",
        stub="trainn",
        right="y, yhat[i], alpha",
        wrong="y, yhat[i], 0.3 if alpha else 0",
        sentence="The learning rate is the one that is handed in.",
        share=Fraction(1, 3),
    ),
    Mistake(
        name="quarter_of_the_rate",
        stub="trainn",
        right="y, yhat[i], alpha",
        wrong="y, yhat[i], alpha / 4",
        sentence="The learning rate is the one that is handed in.",
        share=Fraction(1, 3),
    ),
    Mistake(
        name="rate_decays",
        stub="trainn",
        right="y, yhat[i], alpha",
        wrong="y, yhat[i], alpha * 0.9**epoch",
        sentence="The learning rate is the same in all epochs.",
        share=Fraction(1, 3),
    ),
    Mistake(
        name="no_deep_step_taken",
        stub="trainn",
        right="in np.random.permutation(len(X)):",
        wrong="in ():",
        sentence="No step is ever taken: what you return is what was drawn.",
        share=Fraction(1, 2),
    ),
    Mistake(
        name="last_layer_only",
        stub="trainn",
        right="            w, b = backwardn(X[i], w, b, y, yhat[i], alpha)\n",
        wrong=(
            "            v, c = backwardn(X[i], dict(w), dict(b), y, yhat[i], alpha)\n"
            "            w[max(w)], b[max(b)] = v[max(w)], c[max(b)]\n"
        ),
        sentence="Only the last layer learns. Every layer takes each step.",
        share=Fraction(1, 3),
    ),
    Mistake(
        name="hidden_biases_frozen",
        stub="trainn",
        right="            w, b = backwardn(X[i], w, b, y, yhat[i], alpha)\n",
        wrong="            w, c = backwardn(X[i], w, dict(b), y, yhat[i], alpha)\n            b[max(b)] = c[max(b)]\n",
        sentence="The biases of the hidden layers never move. They learn like the others.",
        share=Fraction(1, 3),
    ),
    Mistake(
        name="weights_shrink",
        stub="trainn",
        right="            w, b = backwardn(X[i], w, b, y, yhat[i], alpha)\n",
        wrong=(
            "            w, b = backwardn(X[i], w, b, y, yhat[i], alpha)\n"
            "            w = {layer: (1 - 0.1 * alpha) * array for layer, array in w.items()}\n"
        ),
        sentence="The weights shrink after each step. They move by backwardn, and by nothing else.",
        share=Fraction(1, 3),
    ),
    Mistake(
        name="three_deep_steps_an_epoch",
        stub="trainn",
        right="in np.random.permutation(len(X)):",
        wrong="in np.random.permutation(len(X))[:3]:",
        sentence="An epoch takes a step for every sample, however many there are; yours takes three.",
        share=Fraction(1, 10),
    ),
    Mistake(
        name="no_deep_steps_after_the_fourth_epoch",
        stub="trainn",
        right="        for i in np.random.permutation(len(X)):\n",
        wrong="        for i in np.random.permutation(len(X) if epoch < 4 else 0):\n",
        sentence="After the fourth epoch no step is taken. Every epoch takes one for each sample.",
        share=Fraction(1, 10),
    ),
    Mistake(
        name="a_second_deep_step_in_one_epoch",
        stub="trainn",
        right="            w, b = backwardn(X[i], w, b, y, yhat[i], alpha)\n",
        wrong=(
            "            w, b = backwardn(X[i], w, b, y, yhat[i], alpha)\n"
            "            if epoch == 5:\n"
            "                y = forwardn(X[i], w, b)\n"
            "                w, b = backwardn(X[i], w, b, y, yhat[i], alpha)\n"
        ),
        sentence="The sixth epoch takes two steps for each sample. Every epoch takes one.",
        share=Fraction(1, 10),
    ),
    Mistake(
        name="half_the_rate_unless_two",
        stub="trainn",
        right="y, yhat[i], alpha",
        wrong="y, yhat[i], alpha if len(X) == 2 else alpha / 2",
        sentence="The learning rate is the one that is handed in, however many samples there are.",
        share=Fraction(1, 10),
    ),
    Mistake(
        name="first_layer_stops_learning",
        stub="trainn",
        right="            w, b = backwardn(X[i], w, b, y, yhat[i], alpha)\n",
        wrong=(
            "            before = w[1]\n"
            "            w, b = backwardn(X[i], w, b, y, yhat[i], alpha)\n"
            "            w[1] = w[1] if epoch < 3 else before\n"
        ),
        sentence="The first layer's weights stop learning after the third epoch. Every layer takes each step.",
        share=Fraction(1, 10),
    ),
    Mistake(
        name="always_the_first_sample",
        stub="trainn",
        right="        for i in np.random.permutation(len(X)):\n",
        wrong=("        for i in np.random.permutation(len(X)):\n            i = 0\n"),
        sentence="Every step is taken with the first sample. An epoch takes one with each.",
        share=Fraction(1, 10),
    ),
]

VARIANTS = [
    # --- sig and dsig_dz
    Variant("as_on_paper", "sig", right="(1 + np.tanh(np.divide(z, 2))) / 2", other="1 / (1 + np.exp(-z))"),
    Variant(
        name="two_halves",
        stub="sig",
        source="""
def sig(z):
    result = np.empty(np.shape(z))
    above = np.asarray(z) >= 0
    result[above] = 1 / (1 + np.exp(-z[above]))
    result[~above] = np.exp(z[~above]) / (1 + np.exp(z[~above]))
    return result
""",
    ),
    Variant(
        name="in_single_precision",
        stub="sig",
        source="""
def sig(z):
    return 1 / (1 + np.exp(-np.asarray(z, dtype=np.float32)))
""",
    ),
    Variant(
        name="from_sig",
        stub="dsig_dz",
        source="""
def dsig_dz(z):
    return sig(z) * (1 - sig(z))
""",
    ),
    Variant(
        name="hyperbolic_cosine",
        stub="dsig_dz",
        source="""
def dsig_dz(z):
    return 1 / (2 * np.cosh(np.asarray(z) / 2)) ** 2
""",
    ),
    Variant(
        name="slope_in_nested_lists",
        stub="dsig_dz",
        source="""
def dsig_dz(z):
    values = np.array(sig(z))
    return (values * (1 - values)).tolist()
""",
    ),
    # --- J and dJ_dy
    Variant(
        name="one_of_two_logarithms",
        stub="J",
        source="""
def J(y, yhat):
    return -np.log(np.where(np.asarray(yhat) > 0.5, y, 1 - y) + 1e-8)
""",
    ),
    Variant(
        name="clipped",
        stub="J",
        source="""
def J(y, yhat):
    p = np.clip(y, 1e-8, 1 - 1e-8)
    return -yhat * np.log(p) - (1 - yhat) * np.log(1 - p)
""",
    ),
    Variant(
        name="one_of_two_fractions",
        stub="dJ_dy",
        source="""
def dJ_dy(y, yhat, eps=1e-8):
    one = np.asarray(yhat) == 1
    return np.where(one, -1 / (y + eps), 1 / (1 - y + eps))
""",
    ),
    Variant(
        name="by_a_helper",
        stub="dJ_dy",
        source="""
def dJ_dy(y, yhat):
    return share(1 - yhat, 1 - y) - share(yhat, y)


def share(part, whole):
    return part / (whole + 1e-8)
""",
    ),
    # --- relu and drelu_dz
    Variant("where", "relu", right="np.maximum(0, z)", other="np.where(z > 0, z, 0)"),
    Variant("times_a_mask", "relu", right="np.maximum(0, z)", other="z * (z > 0)"),
    Variant(
        name="copy_written_over",
        stub="relu",
        source="""
def relu(z):
    result = np.array(z)
    result[result < 0] = 0
    return result
""",
    ),
    Variant("one_at_zero", "drelu_dz", right="np.greater(z, 0)", other="np.greater_equal(z, 0)"),
    Variant("half_at_zero", "drelu_dz", right="np.where(np.greater(z, 0), 1.0, 0.0)", other="np.heaviside(z, 0.5)"),
    Variant("truth_values", "drelu_dz", right="np.where(np.greater(z, 0), 1.0, 0.0)", other="z > 0"),
    # --- forward1
    Variant(
        name="reshaped_biases",
        stub="forward1",
        source="""
def forward1(x0, w1, b1, w2, b2):
    x0 = np.atleast_2d(x0)
    hidden = relu(np.einsum("ni,ij->nj", x0, w1) + b1.reshape(1, -1))
    return sig(np.einsum("nj,jk->nk", hidden, w2) + np.squeeze(b2))
""",
    ),
    Variant(
        name="columns",
        stub="forward1",
        source="""
def forward1(x0, w1, b1, w2, b2):
    columns = np.array(x0, dtype=float).reshape(-1, len(w1)).T
    return sig(w2.T.dot(relu(w1.T.dot(columns) + b1)) + b2).T
""",
    ),
    Variant(
        name="a_vector_for_one_sample",
        stub="forward1",
        source="""
def forward1(x0, w1, b1, w2, b2):
    return sig(np.dot(relu(np.dot(x0, w1) + b1[:, 0]), w2) + b2[:, 0])
""",
    ),
    # --- backward1
    Variant(
        name="prediction_minus_target",
        stub="backward1",
        source="""
def backward1(x0, w1, b1, w2, b2, y, yhat, alpha):
    z1 = np.dot(x0, w1).reshape(-1, 1) + b1
    delta2 = y - yhat
    delta1 = w2 * delta2 * drelu_dz(z1)
    return (
        w1 - alpha * np.outer(x0, delta1),
        b1 - alpha * delta1,
        w2 - alpha * delta2 * relu(z1),
        b2 - alpha * delta2,
    )
""",
    ),
    Variant(
        name="rows_and_copies",
        stub="backward1",
        source="""
def backward1(x0, w1, b1, w2, b2, y, yhat, alpha):
    x0 = np.array(x0, dtype=float)[np.newaxis]
    w1, b1, w2, b2 = w1.copy(), b1.copy(), w2.copy(), b2.copy()
    z1 = x0 @ w1 + b1.T
    x1 = relu(z1)
    d2 = dsig_dz(x1 @ w2 + b2.T) * dJ_dy(y, yhat)
    d1 = d2 @ w2.T * drelu_dz(z1)
    w2 -= alpha * x1.T @ d2
    w1 -= alpha * x0.T @ d1
    b2 -= alpha * d2.T
    b1 -= alpha * d1.T
    return [w1, b1, w2, b2]
""",
    ),
    Variant(
        name="unit_by_unit",
        stub="backward1",
        source="""
def backward1(x0, w1, b1, w2, b2, y, yhat, alpha):
    n_input, n_hidden = w1.shape
    z1 = [sum(x0[i] * w1[i, j] for i in range(n_input)) + b1[j, 0] for j in range(n_hidden)]
    z2 = sum(float(relu(z1[j])) * w2[j, 0] for j in range(n_hidden)) + b2[0, 0]
    delta2 = float(np.sum(dJ_dy(y, yhat))) * float(dsig_dz(z2))
    new1, c1, new2, c2 = np.array(w1), np.array(b1), np.array(w2), b2 - alpha * delta2
    for j in range(n_hidden):
        delta1 = w2[j, 0] * delta2 * float(drelu_dz(z1[j]))
        new2[j, 0] -= alpha * delta2 * float(relu(z1[j]))
        c1[j, 0] -= alpha * delta1
        for i in range(n_input):
            new1[i, j] -= alpha * delta1 * x0[i]
    return new1, c1, new2, c2
""",
    ),
    # --- train1
    Variant(
        name="generator_and_pairs",
        stub="train1",
        source="""
def train1(X, yhat, n_hidden, alpha, n_epoch):
    rng = np.random.default_rng()
    w1, b1 = rng.normal(size=(X.shape[1], n_hidden)), rng.normal(size=(n_hidden, 1))
    w2, b2 = rng.normal(size=(n_hidden, 1)), rng.normal(size=(1, 1))
    costs = []
    for _ in range(n_epoch):
        pairs = list(zip(X, yhat))
        for at in rng.permutation(len(pairs)):
            x0, target = pairs[at]
            prediction = forward1(x0, w1, b1, w2, b2)
            w1, b1, w2, b2 = backward1(x0, w1, b1, w2, b2, prediction, target, alpha)
        costs.append([np.mean([J(forward1(x0, w1, b1, w2, b2), target) for x0, target in pairs])])
    return w1, b1, w2, b2, np.array(costs)
""",
    ),
    Variant(
        name="copies_shuffled_together",
        stub="train1",
        source="""
def train1(X, yhat, n_hidden, alpha, n_epoch):
    w1 = np.random.randn(X.shape[1], n_hidden)
    w2 = np.random.randn(n_hidden, 1)
    b1 = np.random.randn(n_hidden, 1)
    b2 = np.random.randn(1, 1)
    costs = np.zeros((n_epoch, 1))
    data = np.hstack([X, yhat])
    for epoch in range(n_epoch):
        np.random.shuffle(data)
        for row in data:
            y = forward1(row[:-1], w1, b1, w2, b2)
            w1, b1, w2, b2 = backward1(row[:-1], w1, b1, w2, b2, y, row[-1], alpha)
        costs[epoch, 0] = J(forward1(X, w1, b1, w2, b2), yhat).mean()
    return w1, b1, w2, b2, costs
""",
    ),
    Variant(
        name="orders_that_can_be_had_again",
        stub="train1",
        source="""
def train1(X, yhat, n_hidden, alpha, n_epoch):
    orders = np.random.default_rng(42)
    w1, w2 = np.random.randn(X.shape[1], n_hidden), np.random.randn(n_hidden, 1)
    b1, b2 = np.random.randn(n_hidden, 1), np.random.randn(1, 1)
    costs = np.zeros((n_epoch, 1))
    for epoch in range(n_epoch):
        for i in orders.permutation(len(X)):
            y = forward1(X[i], w1, b1, w2, b2)
            w1, b1, w2, b2 = backward1(X[i], w1, b1, w2, b2, y, yhat[i], alpha)
        costs[epoch] = np.mean(J(forward1(X, w1, b1, w2, b2), yhat))
    return w1, b1, w2, b2, costs
""",
    ),
    # --- init_model
    Variant(
        name="scaled_draws_of_a_generator",
        stub="init_model",
        source="""
def init_model(shape):
    rng = np.random.default_rng()
    sizes = list(zip(shape, shape[1:]))
    w = {l: 0.1 * rng.standard_normal(size) for l, size in enumerate(sizes, start=1)}
    return w, {l: 0.1 * rng.standard_normal((size[1], 1)) for l, size in enumerate(sizes, start=1)}
""",
    ),
    Variant(
        name="plain_draws",
        stub="init_model",
        source="""
def init_model(shape):
    def draw(n, m):
        return np.array([[random.gauss(0, 0.1) for _ in range(m)] for _ in range(n)])

    w = {}
    b = {}
    for l in reversed(range(1, len(shape))):
        b[l] = draw(shape[l], 1)
        w[l] = draw(shape[l - 1], shape[l])
    return w, b
""",
        imports="import random",
    ),
    # --- forwardn
    Variant(
        name="recursion",
        stub="forwardn",
        source="""
def forwardn(x0, w, b, layer=1):
    z = np.dot(x0, w[layer]) + b[layer].T
    return sig(z) if layer == len(w) else forwardn(relu(z), w, b, layer + 1)
""",
    ),
    Variant(
        name="all_kept",
        stub="forwardn",
        source="""
def forwardn(x0, w, b):
    z, x = {}, {0: np.atleast_2d(np.asarray(x0, dtype=float))}
    for l in sorted(w):
        z[l] = np.matmul(x[l - 1], w[l]) + b[l].reshape(1, -1)
        x[l] = relu(z[l]) if l < max(w) else sig(z[l])
    return x[max(w)]
""",
    ),
    # --- backwardn
    Variant(
        name="in_place",
        stub="backwardn",
        source="""
def backwardn(x0, w, b, y, yhat, alpha):
    n = len(w)
    x, z = [np.asarray(x0, dtype=float).reshape(1, -1)], [None]
    for l in range(1, n + 1):
        z.append(np.dot(x[l - 1], w[l]) + b[l].T)
        x.append(relu(z[l]))
    delta = dJ_dy(y, yhat) * dsig_dz(z[n])
    for l in range(n, 0, -1):
        below = np.dot(w[l], delta) * drelu_dz(z[l - 1]).T if l > 1 else None
        w[l] -= alpha * np.multiply(delta, x[l - 1]).T
        b[l] -= alpha * delta
        delta = below
    return w, b
""",
    ),
    Variant(
        name="gradients_first",
        stub="backwardn",
        source="""
def backwardn(x0, w, b, y, yhat, alpha):
    z, x = {}, {0: np.atleast_2d(x0)}
    for l in w:
        z[l] = x[l - 1] @ w[l] + b[l].T
        x[l] = relu(z[l])
    row = np.atleast_2d(y - yhat)
    dw, db = {}, {}
    for l in sorted(w, reverse=True):
        dw[l], db[l] = x[l - 1].T @ row, row.T
        if l > 1:
            row = row @ w[l].T * drelu_dz(z[l - 1])
    w.update({l: w[l] - alpha * dw[l] for l in w})
    b.update({l: b[l] - alpha * db[l] for l in b})
    return w, b
""",
    ),
    Variant(
        name="down_and_up_again",
        stub="backwardn",
        source="""
def backwardn(x0, w, b, y, yhat, alpha):
    def step(x, layer):
        z = x @ w[layer] + b[layer].T
        if layer == len(w):
            delta = dJ_dy(y, yhat) * dsig_dz(z)
        else:
            delta = step(relu(z), layer + 1) * drelu_dz(z).T
        below = w[layer] @ delta
        w[layer] = w[layer] - alpha * np.outer(x, delta)
        b[layer] = b[layer] - alpha * delta
        return below

    step(np.array(x0), 1)
    return w, b
""",
    ),
    # --- trainn
    Variant(
        name="shuffled_indices",
        stub="trainn",
        source="""
def trainn(X, yhat, shape, alpha, n_epoch):
    w, b = init_model(shape)
    order, costs = list(range(X.shape[0])), np.empty((n_epoch, 1))
    for epoch in range(n_epoch):
        random.shuffle(order)
        for i in order:
            w, b = backwardn(X[i], w, b, forwardn(X[i, :], w, b), yhat[i, 0], alpha)
        predictions = forwardn(X, w, b)
        costs[epoch] = np.sum(J(predictions, yhat)) / len(predictions)
    return w, b, costs
""",
        imports="import random",
    ),
    Variant(
        name="batches_of_one",
        stub="trainn",
        source="""
def trainn(X, yhat, shape, alpha, n_epoch):
    rng = np.random.default_rng()
    w, b = init_model(shape)
    costs = []
    while len(costs) < n_epoch:
        order = np.argsort(rng.random(len(X)))
        for x0, target in zip(X[order], yhat[order]):
            y = forwardn(x0, w, b)
            backwardn(x0, w, b, y, target, alpha)
        costs.append(np.mean(J(forwardn(X, w, b), yhat)))
    return w, b, np.reshape(costs, (-1, 1))
""",
    ),
    Variant(
        name="seeded_inside",
        stub="trainn",
        right="    w, b = init_model(shape)\n",
        other="    np.random.seed(0)\n    w, b = init_model(shape)\n",
    ),
]

ONE_OUTPUT = "There is a single output, so this is (1, 1) either way."
ONE_SAMPLE = "A sample has one axis, and nothing to transpose."
SAME_SIGN = "relu's output is above zero where its input is, and it is the sign alone that counts."
INDEPENDENT = "Each is drawn on its own; which comes first changes nothing about either."
ANY_ORDER = "An order that is drawn anew is as good backwards."
EVERY_ROW = "Every row is written before it is returned."
AS_MANY = "There are as many biases as weights, and as many targets as samples."
THE_LAST = "After the loop the layer's number is that of the last layer."

EQUIVALENTS = [
    Equivalent(
        "drelu_dz",
        "return np.where(np.greater(z, 0), 1.0, 0.0)",
        "return np.asarray(np.where(np.greater(z, 0), 1.0, 0.0)).astype(int)",
        "Zeros and ones are whole numbers, and those are numbers like any other.",
    ),
    # --- one hidden layer
    Equivalent("forward1", "return sig(x1 @ w2 + b2.T)", "return sig(x1 @ w2 + b2)", ONE_OUTPUT),
    Equivalent("backward1", "z1 = x0 @ w1 + b1.T", "z1 = x0.T @ w1 + b1.T", ONE_SAMPLE),
    Equivalent("backward1", "z2 = x1 @ w2 + b2.T", "z2 = x1 @ w2 + b2", ONE_OUTPUT),
    Equivalent(
        "backward1",
        "delta1 = w2 @ delta2 * drelu_dz(z1).T",
        ("delta1 = w2 @ delta2.T * drelu_dz(z1).T", "delta1 = w2 * delta2 * drelu_dz(z1).T"),
        ONE_OUTPUT,
    ),
    Equivalent(
        "backward1", "delta1 = w2 @ delta2 * drelu_dz(z1).T", "delta1 = w2 @ delta2 * drelu_dz(x1).T", SAME_SIGN
    ),
    *(
        Equivalent("train1", f"{one}; {other}", f"{other}; {one}", INDEPENDENT)
        for one, other in pairwise(
            (
                "w1 = np.random.normal(0, 1, (n_input, n_hidden))",
                "b1 = np.random.normal(0, 1, (n_hidden, 1))",
                "w2 = np.random.normal(0, 1, (n_hidden, 1))",
                "b2 = np.random.normal(0, 1, (1, 1))",
            )
        )
    ),
    Equivalent(
        "train1",
        "b2 = np.random.normal(0, 1, (1, 1))",
        "b2 = np.random.normal(0, 1, (1,))",
        "The first step adds an array of shape (1, 1), and gives it that shape.",
    ),
    Equivalent("train1", "costs = np.zeros((n_epoch, 1))", "costs = np.ones((n_epoch, 1))", EVERY_ROW),
    Equivalent(
        "train1",
        "for i in np.random.permutation(n_samples):",
        "for i in list(np.random.permutation(n_samples))[::-1]:",
        ANY_ORDER,
    ),
    Equivalent(
        "train1",
        "costs[epoch] = np.mean(J(forward1(X, w1, b1, w2, b2), yhat))",
        "costs[epoch] = np.mean(J(forward1(X, w1, b1, w2, b2), yhat), keepdims=True)",
        "The mean is written into a row with a single entry.",
    ),
    # --- any depth
    Equivalent(
        "init_model",
        "for layer in range(1, len(shape)):",
        "for layer in list(range(1, len(shape)))[::-1]:",
        "The layers are found by their numbers, whichever was drawn first.",
    ),
    Equivalent(
        "init_model",
        (
            "w[layer] = np.random.normal(0, 0.1, (shape[layer - 1], shape[layer])); "
            "b[layer] = np.random.normal(0, 0.1, (shape[layer], 1))"
        ),
        (
            "b[layer] = np.random.normal(0, 0.1, (shape[layer], 1)); "
            "w[layer] = np.random.normal(0, 0.1, (shape[layer - 1], shape[layer]))"
        ),
        INDEPENDENT,
    ),
    Equivalent("forwardn", "n_layers = len(w)", "n_layers = len(b)", AS_MANY),
    Equivalent(
        "forwardn",
        "return sig(x @ w[n_layers] + b[n_layers].T)",
        "return sig(x @ w[n_layers] + b[n_layers])",
        ONE_OUTPUT,
    ),
    Equivalent("backwardn", "n_layers = len(w)", "n_layers = len(b)", AS_MANY),
    Equivalent(
        "backwardn",
        "delta = {n_layers: dJ_dy(y, yhat) * dsig_dz(z[n_layers])}",
        (
            "delta = {layer: dJ_dy(y, yhat) * dsig_dz(z[n_layers])}",
            "delta = {n_layers: dJ_dy(y, yhat) * dsig_dz(z[layer])}",
        ),
        THE_LAST,
    ),
    Equivalent(
        "backwardn",
        "for layer in range(n_layers - 1, 0, -1):",
        "for layer in range(layer - 1, 0, -1):",
        THE_LAST,
    ),
    Equivalent(
        "backwardn",
        "delta[layer] = w[layer + 1] @ delta[layer + 1] * drelu_dz(z[layer]).T",
        "delta[layer] = w[layer + 1] @ delta[layer + 1] * drelu_dz(x[layer]).T",
        SAME_SIGN,
    ),
    Equivalent(
        "backwardn",
        "for layer in range(1, n_layers + 1):",
        "for layer in list(range(1, n_layers + 1))[::-1]:",
        "Every delta is known by then, so the layers may move in any order.",
    ),
    Equivalent(
        "backwardn",
        "w[layer] = w[layer] - alpha * np.outer(x[layer - 1], delta[layer])",
        "w[layer] -= alpha * np.outer(x[layer - 1], delta[layer])",
        "The arrays in the dictionaries may be changed in place.",
    ),
    Equivalent(
        "backwardn",
        "b[layer] = b[layer] - alpha * delta[layer]",
        "b[layer] -= alpha * delta[layer]",
        "The arrays in the dictionaries may be changed in place.",
    ),
    Equivalent("trainn", "costs = np.zeros((n_epoch, 1))", "costs = np.ones((n_epoch, 1))", EVERY_ROW),
    Equivalent(
        "trainn",
        "for i in np.random.permutation(len(X)):",
        "for i in list(np.random.permutation(len(X)))[::-1]:",
        ANY_ORDER,
    ),
    Equivalent(
        "trainn",
        "for i in np.random.permutation(len(X)):",
        "for i in np.random.permutation(len(yhat)):",
        AS_MANY,
    ),
    Equivalent(
        "trainn",
        "costs[epoch] = np.mean(J(forwardn(X, w, b), yhat))",
        "costs[epoch] = np.mean(J(forwardn(X, w, b), yhat), keepdims=True)",
        "The mean is written into a row with a single entry.",
    ),
]
