"""What students get wrong in `two_layer_mlp`, and what they get right in their own way."""

from fractions import Fraction

from autograder import Equivalent, Mistake, Variant

RATE = "        rate = max(learning_rate - decay_factor * (epoch // epoch_decay_interval), 0)\n"
BATCHES = """\
        order = np.random.permutation(len(X))
        for start in range(0, len(X), batch_size):
"""

MISTAKES = [
    # --- relu
    Mistake(
        name="leaky_relu",
        stub="relu",
        right="np.maximum(0, x)",
        wrong="np.maximum(0.01 * x, x)",
        sentence="relu is exactly 0 below zero; what leaks through is another function.",
    ),
    Mistake(
        name="absolute_value",
        stub="relu",
        right="np.maximum(0, x)",
        wrong="np.abs(x)",
        sentence="What becomes of a number below zero?",
    ),
    Mistake(
        name="minimum_for_maximum",
        stub="relu",
        right="np.maximum(0, x)",
        wrong="np.minimum(0, x)",
        sentence="Look at which half of the numbers is kept.",
    ),
    Mistake(
        name="relu_in_place",
        stub="relu",
        right="return np.maximum(0, x)",
        wrong="x[x < 0] = 0\n    return x",
        sentence="The array that was handed in is changed. Write into a copy, or make a new array.",
    ),
    # --- der_relu
    Mistake(
        name="relu_for_its_slope",
        stub="der_relu",
        right="np.where(x > 0, 1.0, 0.0)",
        wrong="np.maximum(x, 0.0)",
        sentence="This is relu itself. How steep is it above zero?",
    ),
    Mistake(
        name="sign_for_slope",
        stub="der_relu",
        right="np.where(x > 0, 1.0, 0.0)",
        wrong="np.sign(x)",
        sentence="Below zero relu is flat. Which slope has a flat line?",
    ),
    Mistake(
        name="slope_from_one",
        stub="der_relu",
        right="x > 0",
        wrong="x > 1",
        sentence="Where does relu begin to rise?",
    ),
    Mistake(
        name="slope_turned_round",
        stub="der_relu",
        right="1.0, 0.0)",
        wrong="0.0, 1.0)",
        sentence="On which side of zero does relu rise?",
    ),
    Mistake(
        name="slope_written_into_x",
        stub="der_relu",
        right="return np.where(x > 0, 1.0, 0.0)",
        wrong="x[x > 0] = 1\n    x[x < 0] = 0\n    return x",
        sentence="The array that was handed in is changed. Write into a copy, or make a new array.",
    ),
    # --- softmax
    Mistake(
        name="no_maximum_subtracted",
        stub="softmax",
        right="np.exp(x - np.max(x, axis=1, keepdims=True))",
        wrong="np.exp(x)",
        sentence="For large scores the exponential is infinite. Shift each row first: its probabilities stay the same.",
    ),
    Mistake(
        name="one_maximum_for_the_batch",
        stub="softmax",
        right="np.max(x, axis=1, keepdims=True)",
        wrong="np.max(x)",
        sentence="A row far below the others becomes 0/0. Each row has a largest score of its own.",
    ),
    Mistake(
        name="sum_over_the_batch",
        stub="softmax",
        right="np.sum(exp_x, axis=1, keepdims=True)",
        wrong="np.sum(exp_x, axis=0, keepdims=True)",
        sentence="Each row is to sum to one. Over which axis do you sum?",
    ),
    Mistake(
        name="sum_over_everything",
        stub="softmax",
        right="np.sum(exp_x, axis=1, keepdims=True)",
        wrong="np.sum(exp_x)",
        sentence="All rows together sum to one; each single one should.",
    ),
    Mistake(
        name="sum_without_its_axis",
        stub="softmax",
        right="np.sum(exp_x, axis=1, keepdims=True)",
        wrong="np.sum(exp_x, axis=1)",
        sentence="What is the shape of the sum, and which entries of the matrix does it divide?",
    ),
    Mistake(
        name="not_normalised",
        stub="softmax",
        right=" / np.sum(exp_x, axis=1, keepdims=True)",
        wrong="",
        sentence="Probabilities sum to one.",
    ),
    Mistake(
        name="scores_changed",
        stub="softmax",
        right="exp_x = np.exp(x - np.max(x, axis=1, keepdims=True))",
        wrong="x -= np.max(x, axis=1, keepdims=True)\n    exp_x = np.exp(x)",
        sentence="-= writes into the array that was handed in.",
    ),
    # --- forward
    Mistake(
        name="first_bias_forgotten",
        stub="forward",
        right="X @ W1 + b1",
        wrong="X @ W1",
        sentence="Where does b1 come in?",
    ),
    Mistake(
        name="second_bias_forgotten",
        stub="forward",
        right="h1 @ W2 + b2",
        wrong="h1 @ W2",
        sentence="Where does b2 come in?",
    ),
    Mistake(
        name="no_bend",
        stub="forward",
        right="h1 = relu(f0)",
        wrong="h1 = f0.copy()",
        sentence="What stands between the two layers?",
    ),
    Mistake(
        name="relu_before_softmax",
        stub="forward",
        right="softmax(f1)",
        wrong="softmax(relu(f1))",
        sentence="In the second layer softmax takes the place of relu.",
    ),
    Mistake(
        name="softmax_forgotten",
        stub="forward",
        right="h2 = softmax(f1)",
        wrong="h2 = f1.copy()",
        sentence="The prediction is made of probabilities. What makes them of scores?",
    ),
    Mistake(
        name="second_layer_before_the_bend",
        stub="forward",
        right="h1 @ W2",
        wrong="f0 @ W2",
        sentence="The second layer takes what comes out of the first one, after relu.",
    ),
    Mistake(
        name="bend_before_the_bias",
        stub="forward",
        right="h1 = relu(f0)",
        wrong="h1 = relu(X @ W1) + b1",
        sentence="The bias is added before relu, not after it.",
    ),
    Mistake(
        name="stored_after_relu",
        stub="forward",
        right="return h2, (f0, h1, f1, h2)",
        wrong="return h2, (h1, h1, f1, h2)",
        sentence="f0 is the pre-activation: it has numbers below zero. Has the one that you store?",
    ),
    Mistake(
        name="stored_without_f1",
        stub="forward",
        right="return h2, (f0, h1, f1, h2)",
        wrong="return h2, (f0, h1, h2)",
        sentence="Four arrays are stored; which one is missing?",
    ),
    Mistake(
        name="returned_in_the_wrong_order",
        stub="forward",
        right="return h2, (f0, h1, f1, h2)",
        wrong="return (f0, h1, f1, h2), h2",
        sentence="The prediction comes first, then what is stored.",
    ),
    Mistake(
        name="input_centred",
        stub="forward",
        right="f0 = X @ W1 + b1",
        wrong="X -= X.mean(axis=0)\n    f0 = X @ W1 + b1",
        sentence="The samples are used as they come, neither shifted nor scaled, and -= changes the caller's array.",
    ),
    # --- loss
    Mistake(
        name="loss_without_minus",
        stub="loss",
        right="-np.sum",
        wrong="np.sum",
        sentence="Logarithms of probabilities are negative; a loss is not.",
    ),
    Mistake(
        name="mean_over_all_entries",
        stub="loss",
        right="global_loss / len(y_true)",
        wrong="global_loss / np.size(y_true)",
        sentence="The mean is over the samples, N of them, and not over all N times C entries.",
    ),
    Mistake(
        name="mean_first",
        stub="loss",
        right="return global_loss, global_loss / len(y_true)",
        wrong="return global_loss / len(y_true), global_loss",
        sentence="The sum over the samples is returned first, then the mean.",
    ),
    Mistake(
        name="only_the_mean",
        stub="loss",
        right="return global_loss, global_loss / len(y_true)",
        wrong="return global_loss / len(y_true)",
        sentence="Two numbers are returned: the sum over the samples, and the mean.",
    ),
    Mistake(
        name="predictions_for_labels",
        stub="loss",
        right="y_true * np.log(y_pred + 1e-16)",
        wrong="y_pred * np.log(y_true + 1e-16)",
        sentence="Of which of the two matrices is the logarithm taken?",
    ),
    Mistake(
        name="logarithm_of_zero",
        stub="loss",
        right="y_pred + 1e-16",
        wrong="y_pred",
        sentence="The logarithm of 0 is not finite. What is added to each probability?",
    ),
    Mistake(
        name="offset_outside",
        stub="loss",
        right="np.log(y_pred + 1e-16)",
        wrong="(np.log(y_pred) + 1e-16)",
        sentence="The small number is added inside the logarithm, before it is taken.",
    ),
    Mistake(
        name="larger_offset",
        stub="loss",
        right="y_pred + 1e-16",
        wrong="y_pred + 1e-8",
        sentence="A probability of 0 costs about 36.84. How small is the number that is added?",
    ),
    Mistake(
        name="binary_cross_entropy",
        stub="loss",
        right="y_true * np.log(y_pred + 1e-16)",
        wrong="y_true * np.log(y_pred + 1e-16) + (1 - y_true) * np.log(1 - y_pred + 1e-16)",
        sentence="With one-hot labels only the true class counts; the other term belongs to the two-class formula.",
    ),
    Mistake(
        name="logarithm_to_base_two",
        stub="loss",
        right="np.log(",
        wrong="np.log2(",
        sentence="The logarithm is the natural one.",
    ),
    Mistake(
        name="offset_written_into_predictions",
        stub="loss",
        right="global_loss = -np.sum(y_true * np.log(y_pred + 1e-16))",
        wrong="y_pred[y_pred == 0] = 1e-16\n    global_loss = -np.sum(y_true * np.log(y_pred))",
        sentence="The predictions are changed, and forward stored the same array. Work on a new one.",
    ),
    # --- backward_1
    Mistake(
        name="labels_minus_predictions",
        stub="backward_1",
        right="h2 - y",
        wrong="y - h2",
        sentence="More of a score of a wrong class is more loss. Which sign has its derivative?",
    ),
    Mistake(
        name="averaged_too_early",
        stub="backward_1",
        right="h2 - y",
        wrong="(h2 - y) / len(y)",
        sentence="Each row is one sample's own gradient. The mean over the samples comes in the second step.",
    ),
    Mistake(
        name="slope_left_out",
        stub="backward_1",
        right=" * der_relu(f0)",
        wrong="",
        sentence="df1 times the weights is the gradient at h1. How does it get to f0?",
        share=Fraction(1, 4),
    ),
    Mistake(
        name="relu_for_slope",
        stub="backward_1",
        right="der_relu(f0)",
        wrong="relu(f0)",
        sentence="The chain rule multiplies by the slope of relu, not by its value.",
    ),
    Mistake(
        name="slope_at_the_gradient",
        stub="backward_1",
        right="df0 = df1 @ W2.T * der_relu(f0)",
        wrong="df0 = df1 @ W2.T\n    df0 = df0 * der_relu(df0)",
        sentence="Whether a unit lets anything through was decided on the way forward. By which array?",
    ),
    Mistake(
        name="softmax_derived_again",
        stub="backward_1",
        right="df1 = h2 - y",
        wrong="df1 = (h2 - y) * h2 * (1 - h2)",
        sentence="h2 - y is the gradient at f1 already; the derivative of softmax is in it.",
    ),
    Mistake(
        name="from_the_prediction",
        stub="backward_1",
        right="df1 @ W2.T",
        wrong="h2 @ W2.T",
        sentence="What goes back through the weights is a gradient. Which array did you send?",
    ),
    Mistake(
        name="weights_not_transposed",
        stub="backward_1",
        right="df1 @ W2.T",
        wrong="df1 @ W2",
        sentence="Compare the shapes: (N, C) is to become (N, H), and W2 is (H, C).",
    ),
    Mistake(
        name="gradients_swapped",
        stub="backward_1",
        right="return df0, df1",
        wrong="return df1, df0",
        sentence="df0 is returned first, then df1.",
    ),
    Mistake(
        name="prediction_changed",
        stub="backward_1",
        right="df1 = h2 - y",
        wrong="h2 -= y\n    df1 = h2",
        sentence="-= writes into what forward stored, and forward's prediction is the same array.",
    ),
    # --- backward_2
    Mistake(
        name="first_weights_not_averaged",
        stub="backward_2",
        right="X.T @ df0 / len(X)",
        wrong="X.T @ df0",
        sentence="All four gradients are means over the samples. Is that of W1?",
    ),
    Mistake(
        name="second_weights_not_averaged",
        stub="backward_2",
        right="h1.T @ df1 / len(X)",
        wrong="h1.T @ df1",
        sentence="All four gradients are means over the samples. Is that of W2?",
    ),
    Mistake(
        name="biases_not_averaged",
        stub="backward_2",
        right="np.mean(df1, axis=0, keepdims=True)",
        wrong="np.sum(df1, axis=0, keepdims=True)",
        sentence="Biases are averaged over the samples like weights.",
    ),
    Mistake(
        name="divided_by_the_inputs",
        stub="backward_2",
        right="X.T @ df0 / len(X)",
        wrong="X.T @ df0 / X.shape[1]",
        sentence="By what do you divide: how many samples are there, and how many inputs?",
    ),
    Mistake(
        name="bias_over_the_units",
        stub="backward_2",
        right="np.mean(df0, axis=0, keepdims=True)",
        wrong="np.mean(df0, axis=1, keepdims=True)",
        sentence="Every unit has a bias. Over which axis are the samples?",
    ),
    Mistake(
        name="one_number_for_all_biases",
        stub="backward_2",
        right="np.mean(df1, axis=0, keepdims=True)",
        wrong="np.full((1, df1.shape[1]), np.mean(df1))",
        sentence="Every unit's bias has its own gradient; the mean is over the samples only.",
    ),
    Mistake(
        name="input_before_relu",
        stub="backward_2",
        right="h1 = forward_output[1]",
        wrong="h1 = forward_output[0]",
        sentence="What went into the second layer, f0 or h1?",
    ),
    Mistake(
        name="output_for_input",
        stub="backward_2",
        right="h1 = forward_output[1]",
        wrong="h1 = forward_output[2]",
        sentence="The second layer's weights learn from what went into that layer. Which array came out of it?",
    ),
    Mistake(
        name="weight_gradient_transposed",
        stub="backward_2",
        right="h1.T @ df1 / len(X)",
        wrong="df1.T @ h1 / len(X)",
        sentence="A gradient has the shape of its parameter.",
    ),
    Mistake(
        name="second_layer_first",
        stub="backward_2",
        right="return dW1, db1, dW2, db2",
        wrong="return dW2, db2, dW1, db1",
        sentence="The gradients are returned from the first layer to the second.",
    ),
    Mistake(
        name="gradients_divided_in_place",
        stub="backward_2",
        right="dW1 = X.T @ df0 / len(X)\n    db1 = np.mean(df0, axis=0, keepdims=True)",
        wrong="df0 /= len(X)\n    dW1 = X.T @ df0\n    db1 = np.sum(df0, axis=0, keepdims=True)",
        sentence="/= writes into the array that was handed in.",
    ),
    # --- backward
    Mistake(
        name="steps_mixed_up",
        stub="backward",
        right="df0, df1 = backward_1(X, y, forward_output, W2)",
        wrong="df1, df0 = backward_1(X, y, forward_output, W2)",
        sentence="In which order does backward_1 return its two gradients?",
    ),
    Mistake(
        name="averaged_twice",
        stub="backward",
        right="backward_2(X, y, forward_output, W2, df0, df1)",
        wrong="backward_2(X, y, forward_output, W2, df0 / len(X), df1 / len(X))",
        sentence="backward_2 averages over the samples already.",
    ),
    Mistake(
        name="only_the_first_step",
        stub="backward",
        right="    return backward_2(X, y, forward_output, W2, df0, df1)",
        wrong="    return df0, df1",
        sentence="Four gradients are returned, those of the parameters. What makes them?",
    ),
    Mistake(
        name="both_steps_returned",
        stub="backward",
        right="return backward_2(X, y, forward_output, W2, df0, df1)",
        wrong="return (df0, df1, *backward_2(X, y, forward_output, W2, df0, df1))",
        sentence="Only the gradients of the four parameters are returned.",
    ),
    # --- init
    Mistake(
        name="standard_deviation_one",
        stub="init",
        right="W1 = np.random.normal(0, 0.01, (input_size, hidden_size))",
        wrong="W1 = np.random.normal(0, 1, (input_size, hidden_size))",
        sentence="The standard deviation is 0.01.",
    ),
    Mistake(
        name="variance_for_standard_deviation",
        stub="init",
        right="W2 = np.random.normal(0, 0.01, (hidden_size, output_size))",
        wrong="W2 = np.random.normal(0, np.sqrt(0.01), (hidden_size, output_size))",
        sentence="0.01 is the standard deviation, and its square the variance.",
    ),
    Mistake(
        name="uniform_weights",
        stub="init",
        right="np.random.normal(0, 0.01, (input_size, hidden_size))",
        wrong="np.random.uniform(-0.01, 0.01, (input_size, hidden_size))",
        sentence="The uniform distribution ends at its bounds; the text asks for the normal one.",
    ),
    Mistake(
        name="only_positive_weights",
        stub="init",
        right="np.random.normal(0, 0.01, (input_size, hidden_size))",
        wrong="np.random.rand(input_size, hidden_size) * 0.01",
        sentence="Weights lie on both sides of zero. From which distribution does your function draw?",
    ),
    Mistake(
        name="all_weights_zero",
        stub="init",
        right="np.random.normal(0, 0.01, (hidden_size, output_size))",
        wrong="np.zeros((hidden_size, output_size))",
        sentence="With equal weights all hidden units stay alike for ever. Which parameters begin at zero?",
    ),
    Mistake(
        name="random_biases",
        stub="init",
        right="np.zeros((1, hidden_size))",
        wrong="np.random.normal(0, 0.01, (1, hidden_size))",
        sentence="Only the weights start at random. What do the biases start with?",
    ),
    Mistake(
        name="flat_biases",
        stub="init",
        right="np.zeros((1, output_size))",
        wrong="np.zeros(output_size)",
        sentence="A bias has one row: its shape is (1, C) and not (C,).",
    ),
    Mistake(
        name="weights_transposed",
        stub="init",
        right="W1 = np.random.normal(0, 0.01, (input_size, hidden_size))",
        wrong="W1 = np.random.normal(0, 0.01, (hidden_size, input_size))",
        sentence="W1 has one row for each input and one column for each hidden unit, as in X @ W1.",
    ),
    Mistake(
        name="fixed_seed",
        stub="init",
        right="W1 = np.random.normal",
        wrong="np.random.seed(0)\n    W1 = np.random.normal",
        sentence="Every call gives the same weights: is a seed set inside, or are arrays kept?",
    ),
    # --- update_parameters
    Mistake(
        name="parameters_changed_in_place",
        stub="update_parameters",
        right="W1 = W1 - learning_rate * dW1",
        wrong="W1 -= learning_rate * dW1",
        sentence="-= writes into the caller's array. Make a new one.",
    ),
    Mistake(
        name="uphill",
        stub="update_parameters",
        right="W2 - learning_rate * dW2",
        wrong="W2 + learning_rate * dW2",
        sentence="The step goes against the gradient.",
    ),
    Mistake(
        name="biases_never_move",
        stub="update_parameters",
        right="b1 - learning_rate * db1",
        wrong="b1 + 0 * db1",
        sentence="The biases learn too.",
    ),
    Mistake(
        name="rate_left_out",
        stub="update_parameters",
        right="learning_rate * dW1",
        wrong="dW1",
        sentence="How far does the step go, and what says so?",
    ),
    Mistake(
        name="gradient_of_the_other_layer",
        stub="update_parameters",
        right="W2 - learning_rate * dW2",
        wrong="W2 - learning_rate * np.resize(dW1, W2.shape)",
        sentence="Each parameter moves by its own gradient.",
    ),
    Mistake(
        name="weights_then_biases",
        stub="update_parameters",
        right="return W1, b1, W2, b2",
        wrong="return W1, W2, b1, b2",
        sentence="The parameters are returned in the order in which they came.",
    ),
    Mistake(
        name="parameters_replaced_by_steps",
        stub="update_parameters",
        right="b2 = b2 - learning_rate * db2",
        wrong="b2 = -learning_rate * db2",
        sentence="The step is added to the parameter; it does not take its place.",
    ),
    # --- train
    Mistake(
        name="rate_lowered_before_the_first_epoch",
        stub="train",
        right="(epoch // epoch_decay_interval)",
        wrong="(epoch // epoch_decay_interval + 1)",
        sentence="Which rate has the very first epoch? `epoch % epoch_decay_interval` is 0 for epoch 0 too.",
    ),
    Mistake(
        name="rate_below_zero",
        stub="train",
        right="max(learning_rate - decay_factor * (epoch // epoch_decay_interval), 0)",
        wrong="learning_rate - decay_factor * (epoch // epoch_decay_interval)",
        sentence="After many epochs the rate is below zero, and every step goes uphill. Where is it to stop?",
    ),
    Mistake(
        name="rate_falls_every_epoch",
        stub="train",
        right="epoch // epoch_decay_interval",
        wrong="epoch",
        sentence="The rate falls once in epoch_decay_interval epochs, and stays the same in between.",
    ),
    Mistake(
        name="rate_falls_little_by_little",
        stub="train",
        right="epoch // epoch_decay_interval",
        wrong="epoch / epoch_decay_interval",
        sentence="Between two falls the rate stays the same: how many whole intervals have passed?",
    ),
    Mistake(
        name="rate_falls_by_batches",
        stub="train",
        right=f"{RATE}{BATCHES}",
        wrong=(
            BATCHES
            + "            steps = epoch * -(-len(X) // batch_size) + start // batch_size\n"
            + "            rate = max(learning_rate - decay_factor * (steps // epoch_decay_interval), 0)\n"
        ),
        sentence="The rate falls while an epoch is going on. Epochs are counted for it, and not batches.",
    ),
    Mistake(
        name="rate_falls_once",
        stub="train",
        right="(epoch // epoch_decay_interval)",
        wrong="(epoch >= epoch_decay_interval)",
        sentence="The rate falls again after each interval, not only after the first.",
    ),
    Mistake(
        name="rate_multiplied",
        stub="train",
        right="learning_rate - decay_factor * (epoch // epoch_decay_interval)",
        wrong="learning_rate * (1 - decay_factor) ** (epoch // epoch_decay_interval)",
        sentence="The decay factor is subtracted from the rate, again after each interval; nothing multiplies it.",
    ),
    Mistake(
        name="rate_never_falls",
        stub="train",
        right="*gradients, rate)",
        wrong="*gradients, learning_rate)",
        sentence="Which rate do your steps take in later epochs?",
    ),
    Mistake(
        name="last_short_batch_dropped",
        stub="train",
        right="range(0, len(X), batch_size)",
        wrong="range(0, len(X) - batch_size + 1, batch_size)",
        sentence="The samples that are left make a batch too, a shorter one; sometimes they are all there are.",
    ),
    Mistake(
        name="labels_left_behind",
        stub="train",
        right="X[rows], y[rows]",
        wrong="X[rows], y[start : start + batch_size]",
        sentence="The samples were shuffled. Were their labels, in the same order?",
    ),
    Mistake(
        name="shuffled_apart",
        stub="train",
        right="X_batch, y_batch = X[rows], y[rows]",
        wrong=(
            "if start == 0:\n                labels = np.random.permutation(y)\n"
            "            X_batch, y_batch = X[rows], labels[start : start + batch_size]"
        ),
        sentence="Samples and labels are shuffled by one and the same order, not each by its own.",
    ),
    Mistake(
        name="not_shuffled",
        stub="train",
        right="np.random.permutation(len(X))",
        wrong="np.arange(len(X))",
        sentence="In which order do the samples come, and is it another one in the next epoch?",
    ),
    Mistake(
        name="shuffled_only_once",
        stub="train",
        right="order = np.random.permutation(len(X))",
        wrong="order = np.random.permutation(len(X)) if epoch == 0 else order",
        sentence="Every epoch has an order of its own.",
    ),
    Mistake(
        name="drawn_with_replacement",
        stub="train",
        right="np.random.permutation(len(X))",
        wrong="np.random.randint(len(X), size=len(X))",
        sentence="Each sample comes once in an epoch. In yours, can one come twice?",
    ),
    Mistake(
        name="always_the_first_batch",
        stub="train",
        right="order[start : start + batch_size]",
        wrong="order[:batch_size]",
        sentence="Every step takes the next batch.",
    ),
    Mistake(
        name="an_epoch_is_one_batch",
        stub="train",
        right="range(0, len(X), batch_size)",
        wrong="range(0, min(batch_size, len(X)), batch_size)",
        sentence="An epoch goes through all samples: how many batches is that?",
    ),
    Mistake(
        name="one_epoch_too_few",
        stub="train",
        right="for epoch in range(epochs)",
        wrong="for epoch in range(1, epochs)",
        sentence="How many epochs does your loop run, and which number has the first?",
    ),
    Mistake(
        name="fresh_in_every_epoch",
        stub="train",
        right="order = np.random",
        wrong="W1, b1, W2, b2 = init(X.shape[1], hidden_size, output_size)\n        order = np.random",
        sentence="The parameters are drawn once, before the first epoch; later ones go on from there.",
    ),
    Mistake(
        name="returned_after_the_first_epoch",
        stub="train",
        right="    return W1, b1, W2, b2",
        wrong="        return W1, b1, W2, b2\n    return W1, b1, W2, b2",
        sentence="Your function returns inside its loop. How many epochs does it see?",
    ),
    Mistake(
        name="another_default",
        stub="train",
        right="decay_factor=0.05",
        wrong="decay_factor=0.5",
        sentence="Where nothing is said, decay_factor is 0.05.",
    ),
    Mistake(
        name="data_shuffled_in_place",
        stub="train",
        right="order = np.random.permutation(len(X))",
        wrong=(
            "order = np.random.permutation(len(X))\n        X[:], y[:] = X[order], y[order]\n"
            "        order = np.arange(len(X))"
        ),
        sentence="The caller's samples come back in another order. Shuffle indices, or a copy.",
    ),
    Mistake(
        name="half_of_dW1",
        stub="train",
        right="            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, *gradients, rate)\n",
        wrong=(
            "            dW1, db1, dW2, db2 = gradients\n"
            "            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, 0.5 * dW1, db1, dW2, db2, rate)\n"
        ),
        sentence="W1 moves half as far as it should. All four parameters have the same rate.",
        share=Fraction(1, 3),
    ),
    Mistake(
        name="both_weights_twice",
        stub="train",
        right="            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, *gradients, rate)\n",
        wrong=(
            "            dW1, db1, dW2, db2 = gradients\n"
            "            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, 2 * dW1, db1, 2 * dW2, db2, rate)\n"
        ),
        sentence="The weights move twice as far as they should. All four parameters have the same rate.",
        share=Fraction(1, 3),
    ),
    Mistake(
        name="b1_hardly_moves",
        stub="train",
        right="            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, *gradients, rate)\n",
        wrong=(
            "            dW1, db1, dW2, db2 = gradients\n"
            "            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, dW1, 0.001 * db1, dW2, db2, rate)\n"
        ),
        sentence="b1 hardly moves. All four parameters have the same rate.",
        share=Fraction(1, 3),
    ),
    Mistake(
        name="weights_shrink",
        stub="train",
        right="            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, *gradients, rate)\n",
        wrong=(
            "            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, *gradients, rate)\n"
            "            W1, W2 = 0.99 * W1, 0.99 * W2\n"
        ),
        sentence="The weights shrink after each step. They move by their gradients, and by nothing else.",
        share=Fraction(1, 3),
    ),
    Mistake(
        name="order_turned",
        stub="train",
        right="np.random.permutation(len(X))",
        wrong="np.roll(np.arange(len(X)), 7 * epoch)",
        sentence="The order follows a rule, and is the same in each training. It is to be drawn.",
        share=Fraction(1, 30),
    ),
    Mistake(
        name="no_steps_after_the_eighth_epoch",
        stub="train",
        right="            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, *gradients, rate)\n",
        wrong=(
            "            if epoch < 8:\n"
            "                W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, *gradients, rate)\n"
        ),
        sentence="After the eighth epoch no step is taken. Every epoch takes one for each batch.",
        share=Fraction(1, 20),
    ),
    Mistake(
        name="W1_stops_learning",
        stub="train",
        right="            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, *gradients, rate)\n",
        wrong=(
            "            before = W1\n"
            "            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, *gradients, rate)\n"
            "            W1 = W1 if epoch < 3 else before\n"
        ),
        sentence="W1 stops learning after the third epoch. All four parameters take every step.",
        share=Fraction(1, 20),
    ),
    Mistake(
        name="weights_shrink_later",
        stub="train",
        right="            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, *gradients, rate)\n",
        wrong=(
            "            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, *gradients, rate)\n"
            "            if epoch >= 2:\n"
            "                W1, W2 = 0.999 * W1, 0.999 * W2\n"
        ),
        sentence="From the third epoch on the weights shrink after each step. They move by their gradients alone.",
        share=Fraction(1, 20),
    ),
    Mistake(
        name="labels_of_others",
        stub="train",
        right="            X_batch, y_batch = X[rows], y[rows]\n",
        wrong="            X_batch, y_batch = X[rows], y[np.random.permutation(rows)]\n",
        sentence="Samples and labels are shuffled apart from each other, so a sample learns the label of another.",
        share=Fraction(1, 20),
    ),
    Mistake(
        name="half_the_rate_for_other_samples",
        stub="train",
        right="b2, *gradients, rate)",
        wrong="b2, *gradients, rate if len(X) == 4 else rate / 2)",
        sentence="The learning rate is the one that is handed in, however many samples there are.",
        share=Fraction(1, 20),
    ),
    Mistake(
        name="mean_sample",
        stub="train",
        right="            X_batch, y_batch = X[rows], y[rows]\n",
        wrong="            X_batch, y_batch = (np.mean(array[rows], axis=0, keepdims=True) for array in (X, y))\n",
        sentence="A step is taken with the mean of a batch's samples. Each sample has a gradient of its own.",
        share=Fraction(1, 20),
    ),
    # --- predict
    Mistake(
        name="classes_over_the_samples",
        stub="predict",
        right="axis=1",
        wrong="axis=0",
        sentence="One answer per sample, that is, per row.",
    ),
    Mistake(
        name="one_answer_for_all",
        stub="predict",
        right="np.argmax(probabilities, axis=1)",
        wrong="np.argmax(probabilities)",
        sentence="Without an axis there is one answer for the whole batch.",
    ),
    Mistake(
        name="least_probable",
        stub="predict",
        right="np.argmax",
        wrong="np.argmin",
        sentence="The most probable class is wanted.",
    ),
    Mistake(
        name="probabilities_returned",
        stub="predict",
        right="np.argmax(probabilities, axis=1)",
        wrong="probabilities",
        sentence="A class number is wanted for each sample, not its probabilities.",
    ),
    Mistake(
        name="largest_probability",
        stub="predict",
        right="np.argmax(probabilities, axis=1)",
        wrong="np.max(probabilities, axis=1)",
        sentence="Not how probable, but which class: the number of its column.",
    ),
    Mistake(
        name="classes_counted_from_one",
        stub="predict",
        right="np.argmax(probabilities, axis=1)",
        wrong="np.argmax(probabilities, axis=1) + 1",
        sentence="The first class is number 0.",
    ),
    Mistake(
        name="a_column_of_classes",
        stub="predict",
        right="np.argmax(probabilities, axis=1)",
        wrong="np.argmax(probabilities, axis=1).reshape(-1, 1)",
        sentence="The result has shape (N,): one axis, and one number for each sample.",
    ),
]

VARIANTS = [
    # --- relu, der_relu
    Variant("relu_by_a_mask", "relu", right="np.maximum(0, x)", other="x * (x > 0)"),
    Variant("relu_by_where", "relu", right="np.maximum(0, x)", other="np.where(x < 0, 0, x)"),
    Variant(
        name="relu_on_a_copy",
        stub="relu",
        source="""
def relu(x):
    out = x.copy()
    out[out < 0] = 0
    return out
""",
    ),
    Variant("relu_entry_by_entry", "relu", right="np.maximum(0, x)", other="np.vectorize(lambda v: max(0.0, v))(x)"),
    Variant("relu_in_single_precision", "relu", right="np.maximum(0, x)", other="np.maximum(0, np.float32(x))"),
    Variant("whole_numbers", "der_relu", right="np.where(x > 0, 1.0, 0.0)", other="np.where(x > 0, 1, 0)"),
    Variant("truth_values", "der_relu", right="np.where(x > 0, 1.0, 0.0)", other="x > 0"),
    Variant("one_half_at_zero", "der_relu", right="np.where(x > 0, 1.0, 0.0)", other="np.heaviside(x, 0.5)"),
    Variant("one_at_zero", "der_relu", right="np.where(x > 0, 1.0, 0.0)", other="(x >= 0) * 1.0"),
    Variant(
        name="slope_into_zeros",
        stub="der_relu",
        source="""
def der_relu(x):
    slope = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        if relu(x[index]) > 0:
            slope[index] = 1
    return slope
""",
    ),
    Variant(
        name="slope_in_nested_lists",
        stub="der_relu",
        source="""
def der_relu(x):
    if np.ndim(x) == 0:
        return 1.0 if x > 0 else 0.0
    return [der_relu(entry) for entry in x]
""",
    ),
    # --- softmax
    Variant(
        name="row_by_row",
        stub="softmax",
        source="""
def softmax(x):
    rows = []
    for row in x:
        largest = max(row)
        grown = [np.exp(score - largest) for score in row]
        rows.append([g / sum(grown) for g in grown])
    return np.array(rows)
""",
    ),
    Variant(
        name="logarithm_of_the_sum",
        stub="softmax",
        source="""
def softmax(x):
    return np.exp(x - np.logaddexp.reduce(x, axis=-1, keepdims=True))
""",
    ),
    Variant(
        name="transposed",
        stub="softmax",
        source="""
def softmax(x):
    columns = x.T - x.max(axis=1)
    np.exp(columns, out=columns)
    columns /= columns.sum(axis=0)
    return columns.T
""",
    ),
    Variant("single_precision", "softmax", right="np.exp(x - ", other="np.exp(np.float32(x) - "),
    # --- forward
    Variant(
        name="one_column_of_ones",
        stub="forward",
        source="""
def forward(X, W1, b1, W2, b2):
    ones = np.ones((X.shape[0], 1))
    f0 = np.hstack([X, ones]).dot(np.vstack([W1, b1]))
    h1 = relu(f0.copy())
    f1 = np.hstack([h1, ones]).dot(np.vstack([W2, b2]))
    h2 = softmax(f1.copy())
    store = [f0, h1, f1, h2]
    return h2, store
""",
    ),
    Variant(
        name="unit_by_unit",
        stub="forward",
        source="""
def forward(X, W1, b1, W2, b2):
    def layer(a, W, b):
        out = np.empty((len(a), W.shape[1]))
        for j in range(W.shape[1]):
            out[:, j] = b[0, j]
            for k in range(W.shape[0]):
                out[:, j] += a[:, k] * W[k, j]
        return out

    f0 = layer(X, W1, b1)
    h1 = relu(f0)
    f1 = layer(h1, W2, b2)
    h2 = softmax(f1)
    return h2, (f0, h1, f1, h2)
""",
    ),
    Variant(
        name="without_the_helpers",
        stub="forward",
        source="""
def forward(X, W1, b1, W2, b2):
    f0 = np.einsum("nd,dh->nh", X, W1) + b1.ravel()
    h1 = np.where(f0 > 0, f0, 0.0)
    f1 = np.einsum("nh,hc->nc", h1, W2)
    f1 += b2
    h2 = np.exp(f1 - f1.max(axis=1)[:, None])
    h2 /= h2.sum(axis=1)[:, None]
    return h2, (f0, h1, f1, h2)
""",
    ),
    # --- loss
    Variant(
        name="probability_of_the_true_class",
        stub="loss",
        source="""
def loss(y_true, y_pred):
    true = y_pred[np.arange(len(y_true)), np.argmax(y_true, axis=1)]
    losses = -np.log(np.clip(true, 1e-16, None))
    return losses.sum(), losses.mean()
""",
    ),
    Variant(
        name="plain_python",
        stub="loss",
        source="""
def loss(y_true, y_pred):
    total = 0.0
    for labels, predicted in zip(y_true.tolist(), y_pred.tolist()):
        for label, p in zip(labels, predicted):
            total -= label * math.log(p + 1e-16)
    return [total, total / len(y_true)]
""",
        imports="import math",
    ),
    # --- backward_1
    Variant(
        name="sample_by_sample",
        stub="backward_1",
        source="""
def backward_1(X, y, forward_output, W2):
    f0, h1, f1, h2 = forward_output
    rows_0, rows_1 = [], []
    for i in range(len(y)):
        delta = h2[i] - y[i]
        rows_1.append(delta)
        rows_0.append((W2 @ delta) * der_relu(f0[i]))
    return np.array(rows_0), np.array(rows_1)
""",
    ),
    Variant(
        name="mask_from_h1",
        stub="backward_1",
        source="""
def backward_1(X, y, forward_output, W2):
    _, h1, _, h2 = forward_output
    df1 = h2.copy()
    df1[np.arange(len(y)), y.argmax(axis=1)] -= 1
    df0 = df1.dot(W2.T)
    df0[h1 <= 0] = 0
    return df0, df1
""",
    ),
    Variant("gradients_as_a_list", "backward_1", right="return df0, df1", other="return [df0, df1]"),
    # --- backward_2
    Variant(
        name="sums_of_outer_products",
        stub="backward_2",
        source="""
def backward_2(X, y, forward_output, W2, df0, df1):
    h1 = forward_output[1]
    n = X.shape[0]
    dW1 = sum(np.outer(X[i], df0[i]) for i in range(n)) / n
    dW2 = sum(np.outer(h1[i], df1[i]) for i in range(n)) / n
    db1, db2 = sum(df0) / n, sum(df1) / n
    return dW1, db1, dW2, db2
""",
    ),
    Variant(
        name="einsum_and_a_helper",
        stub="backward_2",
        source="""
def backward_2(X, y, forward_output, W2, df0, df1):
    def of_layer(a, df):
        return np.einsum("ni,nj->ij", a, df) / y.shape[0], np.ones((1, y.shape[0])) @ df / y.shape[0]

    f0, h1, f1, h2 = forward_output
    return (*of_layer(X, df0), *of_layer(h1, df1))
""",
    ),
    # --- backward
    Variant(
        name="in_one_line",
        stub="backward",
        source="""
def backward(X, y, forward_output, W2):
    return backward_2(X, y, forward_output, W2, *backward_1(X, y, forward_output, W2))
""",
    ),
    Variant(
        name="all_by_itself",
        stub="backward",
        source="""
def backward(X, y, forward_output, W2):
    f0, h1, f1, h2 = forward_output
    df1 = (h2 - y) / len(y)
    df0 = np.where(f0 > 0, df1 @ W2.T, 0)
    return X.T @ df0, df0.sum(axis=0), h1.T @ df1, df1.sum(axis=0)
""",
    ),
    # --- init
    Variant(
        name="generator_and_one_draw",
        stub="init",
        source="""
def init(input_size, hidden_size, output_size):
    rng = np.random.default_rng()
    drawn = 0.01 * rng.standard_normal(input_size * hidden_size + hidden_size * output_size)
    W1 = drawn[: input_size * hidden_size].reshape(input_size, hidden_size)
    W2 = drawn[input_size * hidden_size :].reshape(hidden_size, output_size)
    return W1, np.zeros(hidden_size)[None, :], W2, np.zeros(output_size)[None, :]
""",
    ),
    Variant(
        name="single_precision_parameters",
        stub="init",
        source="""
def init(input_size, hidden_size, output_size):
    sizes = [input_size, hidden_size, output_size]
    parameters = []
    for n, m in zip(sizes, sizes[1:]):
        parameters.append(np.random.randn(n, m).astype(np.float32) * np.float32(0.01))
        parameters.append(np.zeros((1, m), dtype=np.float32))
    return parameters
""",
    ),
    # --- update_parameters
    Variant(
        name="one_after_the_other",
        stub="update_parameters",
        source="""
def update_parameters(W1, b1, W2, b2, dW1, db1, dW2, db2, learning_rate):
    pairs = [(W1, dW1), (b1, db1), (W2, dW2), (b2, db2)]
    return [parameter - learning_rate * gradient for parameter, gradient in pairs]
""",
    ),
    Variant(
        name="in_place_on_copies",
        stub="update_parameters",
        source="""
def update_parameters(W1, b1, W2, b2, dW1, db1, dW2, db2, learning_rate):
    W1, b1, W2, b2 = W1.copy(), b1.copy(), W2.copy(), b2.copy()
    W1 -= learning_rate * dW1
    b1 -= learning_rate * db1
    W2 -= learning_rate * dW2
    b2 -= learning_rate * db2
    return W1, b1, W2, b2
""",
    ),
    # --- train
    Variant(
        name="rate_lowered_on_the_way",
        stub="train",
        source="""
def train(X, y, hidden_size, output_size, epochs, learning_rate, batch_size, epoch_decay_interval, decay_factor=0.05):
    W1, b1, W2, b2 = init(X.shape[1], hidden_size, output_size)
    for epoch in range(epochs):
        if epoch > 0 and epoch % epoch_decay_interval == 0:
            learning_rate = max(learning_rate - decay_factor, 0.0)
        indices = np.arange(X.shape[0])
        np.random.shuffle(indices)
        X, y = X[indices], y[indices]
        for i in range(0, X.shape[0], batch_size):
            current_x, current_y = X[i : i + batch_size], y[i : i + batch_size]
            output, store = forward(current_x, W1, b1, W2, b2)
            dW1, db1, dW2, db2 = backward(current_x, current_y, store, W2)
            W1, b1, W2, b2 = update_parameters(W1, b1, W2, b2, dW1, db1, dW2, db2, learning_rate)
        output, _ = forward(X, W1, b1, W2, b2)
        global_loss, mean_loss = loss(y, output)
        print(f"epoch {epoch + 1} of {epochs}: {global_loss:.4f}, {mean_loss:.4f}")
    return W1, b1, W2, b2
""",
    ),
    Variant(
        name="generator_and_a_pile_of_samples",
        stub="train",
        source="""
def train(X, y, hidden_size, output_size, epochs, learning_rate, batch_size, epoch_decay_interval, decay_factor=0.05):
    rng = np.random.default_rng()
    parameters = init(X.shape[1], hidden_size, output_size)
    for epoch in range(epochs):
        rate = learning_rate
        for _ in range(epoch // epoch_decay_interval):
            rate -= decay_factor
        if rate <= 0:
            break
        pile = [(X[i], y[i]) for i in range(len(X))]
        rng.shuffle(pile)
        while pile:
            batch, pile = pile[:batch_size], pile[batch_size:]
            x_batch, y_batch = np.array([x for x, _ in batch]), np.array([label for _, label in batch])
            store = forward(x_batch, *parameters)[1]
            gradients = backward(x_batch, y_batch, store, parameters[2])
            parameters = update_parameters(*parameters, *gradients, rate)
    return tuple(parameters)
""",
    ),
    Variant(
        name="samples_and_labels_in_one_array",
        stub="train",
        source="""
def train(X, y, hidden_size, output_size, epochs, learning_rate, batch_size, epoch_decay_interval, decay_factor=0.05):
    def step(parameters, batch, rate):
        x_batch, y_batch = batch[:, : X.shape[1]], batch[:, X.shape[1] :]
        _, store = forward(x_batch, *parameters)
        return update_parameters(*parameters, *backward(x_batch, y_batch, store, parameters[2]), rate)

    both = np.concatenate([X, y], axis=1)
    parameters = init(X.shape[1], hidden_size, output_size)
    for epoch in range(epochs):
        np.random.shuffle(both)
        rate = np.clip(learning_rate - epoch // epoch_decay_interval * decay_factor, 0, None)
        for batch in np.split(both, range(batch_size, len(both), batch_size)):
            parameters = step(parameters, batch, rate)
    return parameters
""",
    ),
    Variant(
        name="seeded_inside",
        stub="train",
        right="    W1, b1, W2, b2 = init(X.shape[1], hidden_size, output_size)\n",
        other="    np.random.seed(0)\n    W1, b1, W2, b2 = init(X.shape[1], hidden_size, output_size)\n",
    ),
    Variant(
        name="orders_that_can_be_had_again",
        stub="train",
        right="order = np.random.permutation(len(X))",
        other="order = np.random.default_rng(epoch).permutation(len(X))",
    ),
    # --- predict
    Variant(
        name="from_the_scores",
        stub="predict",
        source="""
def predict(X, W1, b1, W2, b2):
    _, (f0, h1, f1, h2) = forward(X, W1, b1, W2, b2)
    return f1.argmax(axis=-1)
""",
    ),
    Variant(
        name="one_sample_at_a_time",
        stub="predict",
        source="""
def predict(X, W1, b1, W2, b2):
    classes = []
    for sample in X:
        p = forward(sample[None, :], W1, b1, W2, b2)[0][0].tolist()
        classes.append(p.index(max(p)))
    return classes
""",
    ),
]

A_ROW_OR_A_VECTOR = "Row biases may come as (n,) for (1, n): subtracted from (1, n) they give the same."
AS_MANY_ROWS = "All of them have one row per sample of the batch."
ANY_ORDER = "The samples are in random order anyway, and so are the batches."
NOT_LOOKED_AT = "The function that is called has this parameter and does not use it."
TWO_AXES = "A batch has two axes, and 1 is the last of them."
WHOLE_NUMBERS = "Zeros and ones are whole numbers, and so are classes."

EQUIVALENTS = [
    # --- der_relu, softmax
    Equivalent(
        "der_relu",
        "return np.where(x > 0, 1.0, 0.0)",
        "return np.asarray(np.where(x > 0, 1.0, 0.0)).astype(int)",
        WHOLE_NUMBERS,
    ),
    Equivalent(
        "der_relu",
        "return np.where(x > 0, 1.0, 0.0)",
        "return np.where(x >= 0, 1.0, 0.0)",
        "At zero relu has no slope, and the text accepts any number from 0 to 1.",
    ),
    Equivalent(
        "softmax",
        "exp_x = np.exp(x - np.max(x, axis=1, keepdims=True))",
        "exp_x = np.exp(x - np.max(x, axis=-1, keepdims=True))",
        TWO_AXES,
    ),
    Equivalent(
        "softmax",
        "return exp_x / np.sum(exp_x, axis=1, keepdims=True)",
        "return exp_x / np.sum(exp_x, axis=-1, keepdims=True)",
        TWO_AXES,
    ),
    # --- loss
    Equivalent(
        "loss",
        "global_loss = -np.sum(y_true * np.log(y_pred + 1e-16))",
        "global_loss = -np.sum(y_true * np.log(y_pred + 1e-16), keepdims=True)",
        "An array with a single entry counts as one number.",
    ),
    Equivalent(
        "loss",
        "return (global_loss, global_loss / len(y_true))",
        "return (global_loss, global_loss / len(y_pred))",
        AS_MANY_ROWS,
    ),
    # --- backward_2, backward
    *(
        Equivalent(
            "backward_2",
            f"{gradient} / len(X)",
            tuple(f"{gradient} / len({name})" for name in ("y", "df0", "df1", "h1")),
            AS_MANY_ROWS,
        )
        for gradient in ("dW1 = X.T @ df0", "dW2 = h1.T @ df1")
    ),
    *(
        Equivalent(
            "backward_2",
            f"{name} = np.mean({of}, axis=0, keepdims=True)",
            f"{name} = np.mean({of}, axis=0)",
            A_ROW_OR_A_VECTOR,
        )
        for name, of in (("db1", "df0"), ("db2", "df1"))
    ),
    Equivalent(
        "backward",
        "df0, df1 = backward_1(X, y, forward_output, W2)",
        tuple(f"df0, df1 = backward_1({name}, y, forward_output, W2)" for name in ("y", "forward_output", "W2")),
        NOT_LOOKED_AT,
    ),
    Equivalent(
        "backward",
        "return backward_2(X, y, forward_output, W2, df0, df1)",
        (
            *(
                f"return backward_2(X, {name}, forward_output, W2, df0, df1)"
                for name in ("X", "forward_output", "W2", "df0", "df1")
            ),
            *(
                f"return backward_2(X, y, forward_output, {name}, df0, df1)"
                for name in ("X", "y", "forward_output", "df0", "df1")
            ),
        ),
        NOT_LOOKED_AT,
    ),
    # --- init
    *(
        Equivalent(
            "init", f"{name} = np.zeros((1, {size}))", f"{name} = np.zeros((1, {size}), dtype=int)", WHOLE_NUMBERS
        )
        for name, size in (("b1", "hidden_size"), ("b2", "output_size"))
    ),
    Equivalent(
        "init",
        "return (W1, b1, W2, b2)",
        ("return (W1, np.asarray(b1).astype(int), W2, b2)", "return (W1, b1, W2, np.asarray(b2).astype(int))"),
        WHOLE_NUMBERS,
    ),
    # --- train
    Equivalent(
        "train",
        "W1, b1, W2, b2 = init(X.shape[1], hidden_size, output_size)",
        "W1, b1, W2, b2 = init(X.shape[-1], hidden_size, output_size)",
        TWO_AXES,
    ),
    Equivalent(
        "train",
        "order = np.random.permutation(len(X))",
        "order = np.random.permutation(len(y))",
        "There is a label for each sample.",
    ),
    Equivalent(
        "train",
        "for start in range(0, len(X), batch_size):",
        ("for start in range(0, len(y), batch_size):", "for start in range(0, len(order), batch_size):"),
        "There is a label, and a place in the order, for each sample.",
    ),
    Equivalent(
        "train",
        "for start in range(0, len(X), batch_size):",
        "for start in list(range(0, len(X), batch_size))[::-1]:",
        ANY_ORDER,
    ),
    # --- predict
    Equivalent(
        "predict",
        "return np.argmax(probabilities, axis=1)",
        "return np.asarray(np.argmax(probabilities, axis=1)).astype(int)",
        WHOLE_NUMBERS,
    ),
    Equivalent(
        "predict", "return np.argmax(probabilities, axis=1)", "return np.argmax(probabilities, axis=-1)", TWO_AXES
    ),
]
